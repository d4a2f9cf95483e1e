// Shows: WRPKRU in an extension's own code.
// Expected: under uio-mpk escaped, at the WRPKRU. Without keys WRPKRU is an invalid opcode.
#include "ushell.h"

int main(void) {
  __asm__ volatile("wrpkru" : : "a"(0), "c"(0), "d"(0) : "memory");
  count = 666;
  ushell_puts("own-rights: count overwritten\n");
  return 1;
}
