// Shows: a helper that does not exist.
// Usage: bpf_exec unknown-helper.bpf.bpf.o
// Expected: ebpf: stopped at the call; ebpf-verified: refused, "invalid func unknown#99".
#include "uio.h"

PROGRAM("exec") u64 unknown_helper(const void *context) { return ((u64 (*)(void))99)(); }
