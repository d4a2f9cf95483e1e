// Shows: SYSCALL, which the unikernel does not enable (EFER.SCE is 0).
// Expected: contained: #UD at main + offset in this object (SDM volume 2B, SYSCALL).
#include "ushell.h"

int main(void) {
  long number = 5;
  __asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
  ushell_puts("rogue-syscall: went through\n");
  return 1;
}
