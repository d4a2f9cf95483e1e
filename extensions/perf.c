// Shows: performance counters: instructions retired and misses of the last-level cache, while the application goes on.
// Usage: run perf.o [LINES [MILLISECONDS]], 1 line and 1000 ms if not given.
// Expected: a line after each interval, "N: I instructions, M cache-misses"; "pmc not available" where CPUID tells of no
// counters, or not enough of them. Returns 0.
#include "number.h"
#include "ushell.h"

enum {
  COUNTER = 0xc1,         // IA32_PMC0, and IA32_PMC1 behind it
  SELECTOR = 0x186,       // IA32_PERFEVTSEL0, and 1
  GLOBAL_CONTROL = 0x38f  // IA32_PERF_GLOBAL_CTRL
};
enum { INSTRUCTIONS = 0x00c0, CACHE_MISSES = 0x412e };
// USR, OS, EN.
enum { COUNTS = 1 << 16 | 1 << 17 | 1 << 22 };

static int has_counters(void) {
  uint32_t eax = 0, ebx, ecx = 0, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  if (eax < 0xa) return 0;
  eax = 0xa;
  ecx = 0;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return (eax & 0xff) >= 2 && (eax >> 8 & 0xff) >= 2;
}

static void write_register(uint32_t index, uint64_t value) {
  __asm__ volatile("wrmsr" ::"c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static uint64_t read_register(uint32_t index) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
  return (uint64_t)high << 32 | low;
}

int main(int argc, char **argv) {
  const uint64_t lines = number_argument(argc, argv, 1, 1);
  const uint64_t interval = number_argument(argc, argv, 2, 1000);
  if (!has_counters()) {
    ushell_puts("pmc not available\n");
    return 0;
  }
  write_register(GLOBAL_CONTROL, 3);
  write_register(SELECTOR, COUNTS | INSTRUCTIONS);
  write_register(SELECTOR + 1, COUNTS | CACHE_MISSES);
  for (uint64_t line = 0; line < lines; line++) {
    const uint64_t instructions = read_register(COUNTER), misses = read_register(COUNTER + 1);
    ushell_sleep(interval);
    const uint64_t instructions_now = read_register(COUNTER), misses_now = read_register(COUNTER + 1);
    ushell_put_unsigned(line);
    ushell_puts(": ");
    ushell_put_unsigned(instructions_now - instructions);
    ushell_puts(" instructions, ");
    ushell_put_unsigned(misses_now - misses);
    ushell_puts(" cache-misses\n");
  }
  return 0;
}
