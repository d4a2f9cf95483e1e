// Shows: division by a number that is 0: in BPF the quotient is 0, and nothing happens.
// Usage: bpf_exec zerodiv.bpf.o
// Expected: ebpf and ebpf-verified: returns 0.
#include "uio.h"

PROGRAM("exec") u64 zerodiv(const u64 *context) { return 1000 / context[0]; }
