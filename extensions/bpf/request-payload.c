// Shows: one pointer further than the application shows: what a request brings.
// Usage: bpf_attach process_request request-payload.bpf.o, then bpf_map_get 79 0
// Expected: ebpf: the last request's first eight bytes. ebpf-verified: stopped at the first call, and the call goes on.
#include "uio.h"

PROGRAM("trace") u64 request_payload(const struct traced_call *call) {
  // struct request: key, bytes, is_update, payload.
  const u64 payload = probe_read(call->arguments[0] + 24, 8);
  map_put(79, 0, probe_read(payload, 8));
  return 0;
}
