// Shows: a variable of the application read without stopping it.
// Usage: bpf_exec read-symbol.bpf.o VARIABLE
// Expected: ebpf and ebpf-verified: returns its first 8 bytes; says so and returns -1 if there is no such symbol.
#include "uio.h"

PROGRAM("exec") u64 read_symbol(const char *name) {
  const u64 address = get_addr(name);
  if (address == 0) {
    puts("no such symbol\n");
    return -1;
  }
  return probe_read(address, 8);
}
