// Shows: CR0.WP cleared, without which no write by CPL 0 is bound by protection keys (SDM volume 3, 4.6.2).
// Expected: under uio-mpk escaped, at the MOV to CR0.
#include "ushell.h"

int main(void) {
  uint64_t before;
  __asm__ volatile("mov %%cr0, %0" : "=r"(before));
  __asm__ volatile("mov %0, %%cr0" : : "r"(before & ~(1ull << 16)) : "memory");
  count = 666;
  __asm__ volatile("mov %0, %%cr0" : : "r"(before) : "memory");
  ushell_puts("write-protect-off: count overwritten\n");
  return 1;
}
