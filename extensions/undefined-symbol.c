// Shows: a name that nobody defines.
// Expected: the load is refused: undefined symbol `there_is_no_such_function`; nothing runs.
#include "ushell.h"

void there_is_no_such_function(void);

int main(void) {
  ushell_puts("undefined-symbol: this should never run\n");
  there_is_no_such_function();
  return 1;
}
