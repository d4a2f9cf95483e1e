// Shows: a breakpoint of the processor's own, put on the next instruction through DR0 and DR7. Extensions run at CPL 0 and
// may write debug registers.
// Expected: under uio-mpk contained: #DB (vector 1) at main + offset in this object: a fault before the instruction at the
// breakpoint (SDM volume 3, 18.3.1.1).
#include "ushell.h"

int main(void) {
  __asm__ volatile(
      "lea 1f(%%rip), %%rax\n"
      "mov %%rax, %%dr0\n"
      "mov $0x402, %%eax\n"  // G0, execute, and bit 10, which is always 1
      "mov %%rax, %%dr7\n"
      "1: nop\n"
      "xor %%eax, %%eax\n"
      "mov %%rax, %%dr7"
      : : : "rax");
  ushell_puts("rogue-breakpoint: went through\n");
  return 1;
}
