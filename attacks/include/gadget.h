/* Instructions of the unikernel's own. A file that uses them must not include processor.h, whose functions have the same names: they
 * would be what is called. */
#ifndef GADGET_H
#define GADGET_H

#include <stdint.h>

/* The unikernel's WRMSR. What the compiler has made of a function in C may take no index, so the instruction is looked for in it and
 * jumped to; POP RBP and RET come behind it. Functions in assembly are on pages that are unmapped after the boot, or mapped while a
 * service uses them: those are there by name only. */
void write_msr(uint32_t index, uint64_t value) __attribute__((weak));

static inline const volatile uint8_t *gadget_wrmsr(void) {
  const volatile uint8_t *place = (const volatile uint8_t *)&write_msr;
  while (place[0] != 0x0f || place[1] != 0x30) place++;
  return place;
}

static inline void gadget_write_msr(void (*unmapped)(uint32_t, uint64_t), uint32_t index, uint64_t value) {
  if (unmapped) {
    unmapped(index, value);
    return;
  }
  const volatile uint8_t *place = gadget_wrmsr();
  __asm__ volatile(
      "leaq 1f(%%rip), %%r8\n push %%r8\n push %%rbp\n jmp *%[place]\n1:"
      :
      : [place] "r"(place), "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
      : "r8", "memory");
}

#endif
