// Shows: constants are read-only for their own object too.
// Expected: contained: a page fault on a write to `constant` in this object. Otherwise prints "constant changed".
#include "ushell.h"

__attribute__((used)) static const uint64_t constant[2] = {1, 2};

int main(void) {
  *(volatile uint64_t *)(uintptr_t)constant = 3;
  ushell_puts("constant changed\n");
  return 1;
}
