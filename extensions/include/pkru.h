/* The protection-key register, read by the extension itself. */
#ifndef PKRU_H
#define PKRU_H

#include <stdint.h>

/* Whether protection keys are switched on: CPUID leaf 7, ECX bit 4 (OSPKE). RDPKRU is #UD without. */
static inline int protection_keys_are_on(void) {
  uint32_t eax = 0, ebx, ecx = 0, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  if (eax < 7) return 0;
  eax = 7;
  ecx = 0;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return (ecx >> 4) & 1;
}

/* PKRU, or 0 (everything allowed) where there is none. */
static inline uint32_t read_pkru(void) {
  static int is_on = -1;
  if (is_on < 0) is_on = protection_keys_are_on();
  if (!is_on) return 0;
  uint32_t value, high;
  __asm__ volatile("rdpkru" : "=a"(value), "=d"(high) : "c"(0) : "memory");
  return value;
}

#endif
