// Shows: online reconfiguration by a variable: the application's counter is written through the write window.
// Usage: run set-count.o [VALUE], 100 if there is none.
// Expected: prints "count: OLD -> VALUE" and returns 0; the application goes on counting from VALUE.
#include "number.h"
#include "ushell.h"

int main(int argc, char **argv) {
  const uint64_t value = number_argument(argc, argv, 1, 100);
  ushell_puts("count: ");
  ushell_put_unsigned(USHELL_GET(count));
  USHELL_SET(count, value);
  ushell_puts(" -> ");
  ushell_put_unsigned(value);
  ushell_puts("\n");
  return 0;
}
