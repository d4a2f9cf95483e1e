// Shows: online reconfiguration by a call: the application's own set_count runs inside the write window.
// Usage: run set-count-func.o [VALUE], 200 if there is none.
// Expected: prints "set_count(VALUE)" and "get_count() = N" with N at least VALUE; returns 0, or 1 if the call was
// lost.
#include "number.h"
#include "ushell.h"

int main(int argc, char **argv) {
  const uint64_t value = number_argument(argc, argv, 1, 200);
  ushell_puts("set_count(");
  ushell_put_unsigned(value);
  ushell_puts(")\n");
  USHELL_CALL(set_count(value));
  const uint64_t now = get_count();
  ushell_puts("get_count() = ");
  ushell_put_unsigned(now);
  ushell_puts("\n");
  return now >= value ? 0 : 1;
}
