// Shows: a right ends at the end of its page: of two neighbouring pages only the first has the overlay's key.
// Expected: prints "first page written"; then, under uio-mpk, contained: a protection-key fault on
// ushell_test_pages + 0x1000. Without isolation prints "second page written" and returns 1.
#include "ushell.h"

int main(void) {
  ushell_test_pages[4095] = 1;
  ushell_puts("first page written\n");
  ushell_test_pages[4096] = 1;
  ushell_puts("second page written\n");
  return 1;
}
