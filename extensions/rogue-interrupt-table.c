// Shows: the descriptor tables are read-only pages, in a write window as well, so that no key is needed for them.
// Expected: contained, "page fault writing", at the first store; argv[1] names the table: gdt or idt.
#include "ushell.h"

struct __attribute__((packed)) table { uint16_t limit; uint64_t base; };

int main(int argc, char **argv) {
  struct table table;
  if (argc == 2 && argv[1][0] == 'g') {
    __asm__("sgdt %0" : "=m"(table));
  } else {
    __asm__("sidt %0" : "=m"(table));
  }
  USHELL_WINDOW(*(volatile uint64_t *)table.base = 0);
  ushell_puts("rogue-interrupt-table: overwritten\n");
  return 1;
}
