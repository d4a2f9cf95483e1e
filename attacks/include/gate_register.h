/* The change of rights in a gate of the unikernel's, with a register of the extension's choice: WRMSR where keys are those of supervisor
 * pages. Elsewhere WRPKRU, or, in images without such gates, the unikernel's own WRMSR. */
#ifndef GATE_REGISTER_H
#define GATE_REGISTER_H

#include "gadget.h"

extern const char service_wrpkru[] __attribute__((weak));

/* By the gate of services: whoever is not stopped is served the time, and comes back. */
static inline void gate_write_msr(uint32_t index, uint64_t value) {
  if (!service_wrpkru) {
    gadget_write_msr(0, index, value);
    return;
  }
  uint64_t a = (uint32_t)value, c = index, d = value >> 32;
  __asm__ volatile(
      "leaq 1f(%%rip), %%r9\n push %%r9\n movl $6, %%r8d\n jmp *%[place]\n1:"
      : "+a"(a), "+c"(c), "+d"(d)
      : [place] "r"(service_wrpkru)
      : "rdi", "rsi", "r8", "r9", "r10", "r11", "memory");
}

#endif
