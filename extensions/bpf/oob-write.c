// Shows: a write behind the context, at an offset that the argument chooses.
// Usage: bpf_exec oob-write.bpf.o ~
// Expected: ebpf: stopped at the write; ebpf-verified: refused, "invalid bpf_context access (write)".
#include "uio.h"

PROGRAM("exec") u64 oob_write(u8 *context) {
  context[64 + context[0]] = 1;
  return 0;
}
