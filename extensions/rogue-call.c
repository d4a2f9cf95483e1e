// Shows: a bare call of a function that writes, without a window: the code is the unikernel's, the rights are not.
// Expected: under uio-mpk contained: a protection-key fault on `count` inside set_count; `count` keeps its value and
// the application goes on. Without isolation prints "rogue-call: set_count went through" and returns 1.
#include "ushell.h"

int main(void) {
  set_count(666);
  ushell_puts("rogue-call: set_count went through\n");
  return 1;
}
