// Shows: performance counters: instructions retired and misses of the last-level cache, while the application goes on.
// Usage: run perf.o [LINES [MILLISECONDS]], 1 line and 1000 ms if not given.
// Expected: a line after each interval, "N: I instructions, M cache-misses"; "pmc not available" where CPUID tells of no
// counters, or not enough of them. Returns 0.
#include "counters.h"
#include "number.h"

enum { INSTRUCTIONS, MISSES };

int main(int argc, char **argv) {
  const uint64_t lines = number_argument(argc, argv, 1, 1);
  const uint64_t interval = number_argument(argc, argv, 2, 1000);
  if (counters_available() < 2) {
    ushell_puts("pmc not available\n");
    return 0;
  }
  ushell_start_counter(INSTRUCTIONS, COUNT_INSTRUCTIONS);
  ushell_start_counter(MISSES, COUNT_CACHE_MISSES);
  for (uint64_t line = 0; line < lines; line++) {
    const uint64_t instructions = ushell_read_counter(INSTRUCTIONS), misses = ushell_read_counter(MISSES);
    ushell_sleep(interval);
    const uint64_t instructions_now = ushell_read_counter(INSTRUCTIONS), misses_now = ushell_read_counter(MISSES);
    ushell_put_unsigned(line);
    ushell_puts(": ");
    ushell_put_unsigned(instructions_now - instructions);
    ushell_puts(" instructions, ");
    ushell_put_unsigned(misses_now - misses);
    ushell_puts(" cache-misses\n");
  }
  ushell_stop_counter(INSTRUCTIONS);
  ushell_stop_counter(MISSES);
  return 0;
}
