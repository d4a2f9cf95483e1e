// Shows: a program that answers the shell with what another one gathered.
// Usage: bpf_exec get-count.bpf.o FUNCTION
// Expected: ebpf and ebpf-verified: returns what count.bpf.o counted, 0 if nothing, -1 if there is no such function.
#include "uio.h"

PROGRAM("exec") u64 get_count(const char *name) {
  const u64 address = get_addr(name);
  if (address == 0) return -1;
  const u64 calls = map_get(address, 0);
  return calls == MISSING ? 0 : calls;
}
