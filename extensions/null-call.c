// Shows: a weak symbol that nobody defines is 0; calling it all the same ends on page 0.
// Expected: prints "weak symbol is 0", then contained: a page fault on an instruction fetch from 0.
#include "ushell.h"

__attribute__((weak)) void nobody_defines_this(void);

int main(void) {
  ushell_puts(nobody_defines_this ? "weak symbol is defined\n" : "weak symbol is 0\n");
  nobody_defines_this();
  return 1;
}
