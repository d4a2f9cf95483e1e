// Shows: a bare write to a variable of the application, without a window.
// Expected: under uio-mpk contained: a protection-key fault on `count`, at main in this object; `count` keeps its
// value and the application goes on. Without isolation prints "rogue-write: count overwritten" and returns 1.
#include "ushell.h"

int main(void) {
  count = 666;
  ushell_puts("rogue-write: count overwritten\n");
  return 1;
}
