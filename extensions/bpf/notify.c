// Shows: the shell told of each call of a function.
// Usage: bpf_attach FUNCTION notify.bpf.o
// Expected: ebpf and ebpf-verified: one notification a call.
#include "uio.h"

PROGRAM("trace") u64 notify_call(const struct traced_call *call) {
  notify();
  return 0;
}
