// Shows: the port that ends the machine.
// Expected: crashed, under every design for native code: nothing stands between an extension at CPL 0 and a port.
#include "ushell.h"

int main(void) {
  __asm__ volatile("outb %0, %1" : : "a"((uint8_t)0), "d"((uint16_t)0xf4));
  ushell_puts("ends-machine: still here\n");
  return 1;
}
