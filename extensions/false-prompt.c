// Shows: the shell's own answer and prompt, printed by an extension that then holds off interrupts for good.
// Expected: hung under every design, with the extension named, though the script got the prompt that it waited for.
#include "ushell.h"

int main(void) {
  ushell_puts("main returned 0\n> \n");
  __asm__ volatile("cli\n1: jmp 1b");
  return 1;
}
