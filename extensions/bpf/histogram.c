// Shows: a histogram of a function's first argument by powers of two, in a map of the object that its programs share.
// Usage: bpf_attach FUNCTION histogram.bpf.o:histogram, then bpf_exec histogram.bpf.o:bucket N
// Expected: ebpf and ebpf-verified: bucket N returns how many arguments had N significant bits.
#include "uio.h"

MAP(buckets, ARRAY, sizeof(u32), sizeof(u64), 65);

PROGRAM("trace") u64 histogram(const struct traced_call *call) {
  u64 rest = call->arguments[0];
  u32 bits = 0;
  // 64 rounds at most: the verifier wants to see the bound.
  while (rest != 0 && bits < 64) {
    rest >>= 1;
    bits++;
  }
  u64 *calls = map_lookup_elem(&buckets, &bits);
  if (calls) ++*calls;
  return 0;
}

PROGRAM("exec") u64 bucket(const char *text) {
  u32 number = 0;
  for (int index = 0; index < 2; index++) {
    const u8 digit = text[index] - '0';
    if (digit > 9) break;
    number = number * 10 + digit;
  }
  const u64 *calls = map_lookup_elem(&buckets, &number);
  return calls ? *calls : MISSING;
}
