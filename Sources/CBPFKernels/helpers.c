// In a file of its own, so that the kernels cannot inline it.
#include "CBPFKernels.h"

uint64_t bpf_kernel_increment_thunk(
  uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5, void *record) {
  return r1 + 1;
}

uint64_t bpf_kernel_increment(uint64_t r1) { return r1 + 1; }
