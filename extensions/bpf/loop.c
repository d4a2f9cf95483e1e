// Shows: a loop that never ends.
// Usage: bpf_exec loop.bpf.o
// Expected: ebpf: stopped when its budget of instructions is used up; ebpf-verified: refused, "infinite loop".
#include "uio.h"

PROGRAM("exec") u64 loop(const void *context) {
  for (;;) __asm__ volatile("" ::: "memory");
}
