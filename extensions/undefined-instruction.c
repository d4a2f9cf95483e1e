// Shows: an instruction that the CPU does not know.
// Expected: contained: #UD at main + offset in this object.
#include "ushell.h"

int main(void) {
  __asm__ volatile("ud2");
  ushell_puts("undefined-instruction: went through\n");
  return 1;
}
