// Shows: a store through a pointer that the extension has read through before, as it may: whatever the pointer has become.
// Expected: prints "wild-write: writes"; contained: a key fault on a write to `count`; the application goes on.
#include "ushell.h"

int main(void) {
  volatile uint64_t *const place = &count;
  const uint64_t old = *place;
  ushell_puts("wild-write: writes\n");
  *place = old + 1000;
  ushell_puts("wild-write: written\n");
  return 1;
}
