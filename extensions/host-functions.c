// Shows: an extension as a library: what it exports, objects loaded after it may call. It stays loaded between calls,
// so its variables do too.
// Usage: prog-load host-functions.o, then run host-functions-caller.o.
// Expected: run by itself prints "host functions: greet, tally, tally_total" and returns 0.
#include "host-functions.h"
#include "ushell.h"

static uint64_t total;

// A table of pointers: its entries are 64-bit relocations that the loader has to apply in data.
static const char *const greetings[] = {"Hello", "Welcome back"};

void greet(const char *name) {
  static unsigned visits;
  ushell_puts(greetings[visits++ > 0]);
  ushell_puts(", ");
  ushell_puts(name);
  ushell_puts("\n");
}

uint64_t tally(uint64_t amount) {
  total += amount;
  return total;
}

const uint64_t *const tally_total = &total;

int main(void) {
  ushell_puts("host functions: greet, tally, tally_total\n");
  return 0;
}
