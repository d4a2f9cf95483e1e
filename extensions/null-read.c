// Shows: a read through a null pointer.
// Expected: contained: a page fault on a read of 0.
#include "ushell.h"

int main(void) {
  const volatile uint64_t *volatile pointer = NULL;
  ushell_put_hex(*pointer);
  return 1;
}
