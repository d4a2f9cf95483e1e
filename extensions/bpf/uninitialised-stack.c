// Shows: a variable read before it is written.
// Usage: bpf_exec uninitialised-stack.bpf.o
// Expected: ebpf: returns 0, as every run starts with a cleared stack; ebpf-verified: refused, "uninitialised stack".
#include "uio.h"

#pragma clang diagnostic ignored "-Wuninitialized"

PROGRAM("exec") u64 uninitialised_stack(const void *context) {
  volatile u64 left_over;
  return left_over;
}
