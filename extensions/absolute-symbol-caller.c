// Shows: the absolute symbol of another object.
// Expected: after `prog-load absolute-symbol.o` prints "12345678" and returns 0.
#include "ushell.h"

extern const char absolute_number[];

int main(void) {
  ushell_put_hex((uint64_t)absolute_number);
  ushell_puts("\n");
  return 0;
}
