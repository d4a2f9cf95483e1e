// Shows: a loop that never ends and never gives up the CPU.
// Expected: prints "looping", then contained once the overlay's budget is used up; the application goes on.
#include "ushell.h"

int main(void) {
  ushell_puts("looping\n");
  for (volatile uint64_t i = 0;; i++) {
  }
}
