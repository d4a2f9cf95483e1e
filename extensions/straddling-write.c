// Shows: one store over the border of two pages of which only the first has the overlay's key: all or nothing.
// Usage: run straddling-write.o, then run straddling-write.o check.
// Expected: the first contained under uio-mpk: a protection-key fault in ushell_test_pages. The second prints
// "nothing was written" and returns 0; "half of it was written" and 1 if the part in the first page got through.
#include "ushell.h"

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    const int written = ushell_test_pages[4092] == 0xaa;
    ushell_puts(written ? "half of it was written\n" : "nothing was written\n");
    return written;
  }
  const uint64_t value = 0xaaaaaaaaaaaaaaaa;
  __asm__ volatile("movq %1, %0" : "=m"(ushell_test_pages[4092]) : "r"(value) : "memory");
  ushell_puts("both pages written\n");
  return 1;
}
