// Shows: a non-maskable interrupt that the local APIC delivers: an extension without isolation sends it to itself.
// Expected: under the design none the unikernel panics, "panic: NMI": nobody knows what a real one means. INT 2 is another
// matter: software-interrupt.c.
#include "ushell.h"

int main(void) {
  volatile uint32_t *const interrupt_command = (volatile uint32_t *)0xfee00300;
  /* To itself, asserted, NMI (SDM volume 3, 11.6.1). It comes within an instruction or two. */
  __asm__ volatile("movl $0x44400, (%0)\n 1: jmp 1b" : : "r"(interrupt_command) : "memory");
  return 1;
}
