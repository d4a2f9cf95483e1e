// Shows: a helper that is asked to print the unikernel's memory.
// Usage: bpf_exec bad-argument.bpf.o
// Expected: ebpf: stopped by the helper; ebpf-verified: refused, "R1 type=scalar".
#include "uio.h"

PROGRAM("exec") u64 bad_argument(const void *context) { return puts((const char *)0x100000); }
