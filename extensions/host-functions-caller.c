// Shows: one extension calling functions and reading variables of another that was loaded before it.
// Usage: prog-load host-functions.o, then run host-functions-caller.o [NAME].
// Expected: prints "Hello, overlay", "Welcome back, overlay" (on the first run) and "total = 42"; returns 42. Without
// the provider the load is refused: undefined symbol `greet`. A second run prints "total = 84" and returns 84.
#include "host-functions.h"
#include "ushell.h"

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "overlay";
  greet(name);
  greet(name);
  tally(40);
  tally(2);
  ushell_puts("total = ");
  ushell_put_unsigned(*tally_total);
  ushell_puts("\n");
  return (int)*tally_total;
}
