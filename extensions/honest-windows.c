// Shows: windows as an honest extension may use them: set, opened and closed by hand, one after the other, asked for in between.
// Expected: completed under every design; the counter becomes 30.
#include "ushell.h"

int main(void) {
  const int was_open = ushell_write_is_enabled();
  USHELL_SET(count, 10);
  ushell_enable_write();
  count = 20;
  ushell_disable_write();
  if (was_open) count = 25;
  USHELL_SET(count, 30);
  return 0;
}
