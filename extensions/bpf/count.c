// Shows: calls of a function counted, with the function's address as the key.
// Usage: bpf_attach FUNCTION count.bpf.o, then bpf_exec get-count.bpf.o FUNCTION
// Expected: ebpf and ebpf-verified: the number of calls.
#include "uio.h"

PROGRAM("trace") u64 count(const struct traced_call *call) {
  const u64 calls = map_get(call->function, 0);
  map_put(call->function, 0, calls == MISSING ? 1 : calls + 1);
  return 0;
}
