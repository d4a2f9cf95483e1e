// Shows: a loop that waits for a time that never comes, and calls a helper in each round.
// Usage: bpf_exec loop2.bpf.o
// Expected: ebpf: stopped when its budget of instructions is used up; ebpf-verified: refused, "infinite loop".
#include "uio.h"

PROGRAM("exec") u64 loop2(const void *context) {
  while (time_get_ns() != 0) {
  }
  return 0;
}
