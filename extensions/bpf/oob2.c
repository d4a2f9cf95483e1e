// Shows: a read far behind the context.
// Usage: bpf_exec oob2.bpf.o
// Expected: ebpf: stopped at the read; ebpf-verified: refused, "invalid bpf_context access".
#include "uio.h"

PROGRAM("exec") u64 oob2(const int *context) { return context[1000]; }
