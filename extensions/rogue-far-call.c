// Shows: a far call whose pointer would have to be a register (FF /3), an encoding that no processor has.
// Expected: contained: #UD at main + offset in this object (SDM volume 2A, CALL).
#include "ushell.h"

int main(void) {
  // A jump before it, so that the bytes begin a block.
  __asm__ volatile("jmp 1f\n1: .byte 0xff, 0xd8");
  ushell_puts("rogue-far-call: went through\n");
  return 1;
}
