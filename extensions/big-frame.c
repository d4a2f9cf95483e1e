// Shows: a frame that is larger than the stack and its guard page together, used from its far end.
// Expected: contained, "stack overrun": below the stack there is nothing for 4 GiB, so that no frame reaches a neighbour.
#include "ushell.h"

int main(void) {
  volatile char bytes[200000];
  for (unsigned i = 0; i < sizeof bytes; i += 64) bytes[i] = 1;
  ushell_puts("big-frame: went through\n");
  return bytes[5];
}
