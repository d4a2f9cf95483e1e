// Shows: what a design costs, as `sim attack-matrix` measures it: calls of a helper.
// Usage: bpf_exec design-cost.bpf.o [calls]
// Expected: ebpf and ebpf-verified: prints nothing; with an argument calls a helper 64 times; returns 0.
#include "uio.h"

enum { CALLS = 64 };

PROGRAM("exec") u64 cost(const char *what) {
  if (!*what) return 0;
#pragma clang loop unroll(disable)
  for (u64 call = 0; call < CALLS; call++) puts("");
  return 0;
}
