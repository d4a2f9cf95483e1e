// Shows: a map's value used without a look whether it is there.
// Usage: bpf_exec null-value.bpf.o
// Expected: ebpf: stopped at the read from address 0; ebpf-verified: refused, "map_value_or_null".
#include "uio.h"

MAP(numbers, HASH, sizeof(u64), sizeof(u64), 16);

PROGRAM("exec") u64 null_value(const void *context) {
  const u64 key = 7;
  return *(const u64 *)map_lookup_elem(&numbers, &key);
}
