// Shows: who calls a traced function, by the stack of its thread.
// Usage: bpf_attach set_count caller.bpf.o, then bpf_map_get 77 N
// Expected: ebpf and ebpf-verified: 0 is where the call returns to, 1 the same as get_ret_addr finds it, 2 the opcode of
// the call before it (232), 3 where the caller returns to.
#include "uio.h"

PROGRAM("trace") u64 caller(const struct traced_call *call) {
  const u64 place = unwind(0);
  map_put(77, 0, place);
  map_put(77, 1, get_ret_addr("set_count"));
  map_put(77, 2, probe_read(place - 5, 1));
  map_put(77, 3, unwind(1));
  return map_get(77, 1) == place && unwind(31) == 0;
}
