// Shows: names that are looked up in the unikernel's exports, then in the programs loaded before (own-names.c), and in no
// other symbol of the unikernel.
// Expected: after `prog-load own-names.o` prints "freed 1, start 5, thread_start 77" and returns 0; without it, refused.
#include "own-names.h"
#include "ushell.h"

int main(void) {
  free(0);
  ushell_puts("freed ");
  ushell_put_signed(freed);
  ushell_puts(", start ");
  ushell_put_signed(start());
  ushell_puts(", thread_start ");
  ushell_put_signed(thread_start);
  ushell_puts("\n");
  return get_count() == ~0ull;
}
