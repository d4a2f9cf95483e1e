// Shows: a read from an address that is not canonical.
// Expected: contained: #GP at main + offset in this object.
#include "ushell.h"

int main(void) {
  const volatile uint64_t *address = (const volatile uint64_t *)0x8000000000000000;
  ushell_put_hex(*address);
  return 1;
}
