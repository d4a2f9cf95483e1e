// Shows: page tables changed in a write window: the page of `count` becomes the overlay's, so that later writes need no window.
// Expected: under uio-mpk escaped, at the store to the page table. Windows are for the application's variables.
#include "ushell.h"

// The leaf entry of an address that four-level paging maps by 4 KiB pages or by larger ones (SDM volume 3, 4.5).
static volatile uint64_t *leaf(uint64_t address) {
  uint64_t table;
  __asm__ volatile("mov %%cr3, %0" : "=r"(table));
  for (int shift = 39;; shift -= 9) {
    volatile uint64_t *entry = (volatile uint64_t *)(table & 0x000ffffffffff000) + (address >> shift & 511);
    if (shift == 12 || (*entry & 0x80)) return entry;
    table = *entry;
  }
}

int main(void) {
  volatile uint64_t *entry = leaf((uint64_t)&count);
  const uint64_t own = *leaf((uint64_t)main) & (0xfull << 59);
  USHELL_SET(*entry, (*entry & ~(0xfull << 59)) | own);
  __asm__ volatile("invlpg %0" : : "m"(count) : "memory");
  count = 666;
  ushell_puts("own-page-tables: count overwritten\n");
  return 1;
}
