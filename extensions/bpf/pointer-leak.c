// Shows: an address stored where the shell and other programs can read it.
// Usage: bpf_exec pointer-leak.bpf.o, then bpf_map_get 1 1
// Expected: ebpf: the map tells where the context lies; ebpf-verified: refused, "R3 type=ctx".
#include "uio.h"

PROGRAM("exec") u64 pointer_leak(const void *context) { return map_put(1, 1, (u64)context); }
