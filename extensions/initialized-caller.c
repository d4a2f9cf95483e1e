// Shows: initializers in the order in which objects depend on each other: this one's needs what the library's has set.
// Expected: after `prog-load initialized-library.o` prints "42, in an initializer 42" and returns 0.
#include "ushell.h"

int library_get(void);
static int seen;

__attribute__((constructor)) static void look(void) { seen = library_get(); }

int main(void) {
  ushell_put_signed(library_get());
  ushell_puts(", in an initializer ");
  ushell_put_signed(seen);
  ushell_puts("\n");
  return seen != 42;
}
