// Shows: division by the constant 0, which no compiler writes by itself.
// Usage: bpf_exec zerodiv-constant.bpf.bpf.o
// Expected: ebpf: returns 0; ebpf-verified: refused, "div by zero".
#include "uio.h"

PROGRAM("exec") u64 zerodiv_constant(const void *context) {
  u64 number = 1000;
  __asm__ volatile("%0 /= 0" : "+r"(number));
  return number;
}
