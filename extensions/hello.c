// Shows: the shortest way into the overlay and out of it: one string, one call of a host function, one result.
// Expected: prints "Hello from an extension!" and returns 0.
#include "ushell.h"

int main(void) {
  ushell_puts("Hello from an extension!\n");
  return 0;
}
