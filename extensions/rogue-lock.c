// Shows: LOCK before an instruction that only reads its memory operand (CMP).
// Expected: contained: #UD at main + offset in this object (SDM volume 2A, LOCK).
#include "ushell.h"

int main(void) {
  int value = 0;
  __asm__ volatile("jmp 1f\n1: .byte 0xf0, 0x39, 0x0f" : : "D"(&value) : "memory", "cc");
  ushell_puts("rogue-lock: went through\n");
  return 1;
}
