/* The processor's performance counters (SDM volume 3, chapter "Performance Monitoring"), by the same names under every design: where
 * extensions have the instructions, they use them; where they have services, those. */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "ushell.h"

/* Architectural events: unit mask and number. Services count no others. */
enum counter_event {
  COUNT_INSTRUCTIONS = 0x00c0,
  COUNT_CYCLES = 0x003c,
  COUNT_CACHE_REFERENCES = 0x4f2e,
  COUNT_CACHE_MISSES = 0x412e,
  COUNT_BRANCHES = 0x00c4,
  COUNT_BRANCH_MISSES = 0x00c5
};

/* How many counters there are, by CPUID; 0 where they can't be switched on and off by one register. */
static inline unsigned counters_available(void) {
  uint32_t eax = 0, ebx, ecx = 0, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  if (eax < 0xa) return 0;
  eax = 0xa;
  ecx = 0;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return (eax & 0xff) >= 2 ? eax >> 8 & 0xff : 0;
}

#ifndef USHELL_SERVICES
static inline void counters_write_msr(uint32_t index, uint64_t value) {
  __asm__ volatile("wrmsr" ::"c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* Lets counter 0 or 1 count an event from now on, at all privilege levels. */
static inline void ushell_start_counter(uint64_t number, uint64_t event) {
  /* IA32_PERF_GLOBAL_CTRL: both of them. IA32_PERFEVTSELn: USR, OS, EN. */
  counters_write_msr(0x38f, 3);
  counters_write_msr((uint32_t)(0x186 + number), 1 << 16 | 1 << 17 | 1 << 22 | event);
}

/* What a counter has come to: of no meaning but by the difference of two. */
static inline uint64_t ushell_read_counter(uint64_t number) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"((uint32_t)(0xc1 + number)));
  return (uint64_t)high << 32 | low;
}

static inline void ushell_stop_counter(uint64_t number) { counters_write_msr((uint32_t)(0x186 + number), 0); }
#endif

#endif
