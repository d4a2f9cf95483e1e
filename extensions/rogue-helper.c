// Shows: the gate of BPF programs' helpers as a way out. An extension calls it itself, and names a variable of the
// unikernel as the place for the result.
// Expected: the gate refuses places outside the overlay: "rogue-helper: count is untouched", returns 0.
#include "ushell.h"

void bpf_helper(void *call) __attribute__((weak));

int main(void) {
  if (!bpf_helper) {
    ushell_puts("rogue-helper: no such gate\n");
    return 0;
  }
  const uint64_t before = count;
  /* The result would be the third word, and the number of helper 6, the time, the fourth. */
  bpf_helper((char *)&count - 16);
  bpf_helper(0);
  bpf_helper((void *)~7ull);
  if (count - before > 1) {
    ushell_puts("rogue-helper: count overwritten\n");
    return 1;
  }
  ushell_puts("rogue-helper: count is untouched\n");
  return 0;
}
