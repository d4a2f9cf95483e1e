// Shows: a name that the unikernel does not export and that only a symbol file gives: `next_number`.
// Usage: load symbols.txt, then run symbol-file.o. In the symbol file, next_number is the application's get_count.
// Expected: without the symbol file refused, undefined symbol `next_number`; with it prints "next number: N", returns 0.
#include "ushell.h"

uint64_t next_number(void);

int main(void) {
  ushell_puts("next number: ");
  ushell_put_unsigned(next_number());
  ushell_puts("\n");
  return 0;
}
