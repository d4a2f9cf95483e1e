// Shows: a structure that a traced function is called with, followed by its pointer: how many bytes the requests bring.
// Usage: bpf_attach process_request request-bytes.bpf.o, then bpf_map_get 78 0 (bytes of all) and 78 1 (requests)
// Expected: ebpf and ebpf-verified: the numbers; under ebpf-verified because the application shows the structure.
#include "uio.h"

static void add(u64 key, u64 more) {
  const u64 before = map_get(78, key);
  map_put(78, key, before == MISSING ? more : before + more);
}

PROGRAM("trace") u64 request_bytes(const struct traced_call *call) {
  // struct request: key, bytes, is_update, payload.
  add(0, probe_read(call->arguments[0] + 8, 8));
  add(1, 1);
  return 0;
}
