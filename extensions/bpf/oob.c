// Shows: an address made of a number, the traced function's own.
// Usage: bpf_attach FUNCTION oob.bpf.o, or bpf_exec oob.bpf.o AAAAAAAA
// Expected: ebpf: stopped at the read; ebpf-verified: refused, "invalid mem access 'scalar'".
#include "uio.h"

PROGRAM("trace") u64 oob(const struct traced_call *call) { return *(const volatile u64 *)call->function; }
