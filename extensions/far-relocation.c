// Shows: a displacement of 32 bits that cannot reach its symbol (far-symbol.c).
// Expected: refused: a relocation does not fit. Otherwise prints the address that came of it.
#include "ushell.h"

int main(void) {
  uint64_t address;
  __asm__("leaq far_place(%%rip), %0" : "=r"(address));
  ushell_puts("far-relocation: at ");
  ushell_put_hex(address);
  ushell_puts("\n");
  return 1;
}
