// Shows: HLT with interrupts off.
// Expected: hung: nothing wakes the processor again.
#include "ushell.h"

int main(void) {
  __asm__ volatile("cli\n hlt");
  ushell_puts("masked-halt: woken\n");
  return 1;
}
