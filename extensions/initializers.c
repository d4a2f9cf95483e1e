// Shows: constructors run once, in the order of their priorities, before the first main; common symbols, .bss and
// pointers in data are set up.
// Expected: prints "order: 123", "state is right" and returns 0, also when it is run again without a load in between.
#include "ushell.h"

static char order[8];
static unsigned constructed;
__attribute__((common)) uint64_t common_variable;
static uint64_t *pointer = &common_variable;
static const char *const texts[] = {"state is wrong\n", "state is right\n"};

__attribute__((constructor(102))) static void second(void) { order[constructed++] = '2'; }
__attribute__((constructor)) static void third(void) { order[constructed++] = '3'; }
__attribute__((constructor(101))) static void first(void) {
  order[constructed++] = '1';
  *pointer = 7;
}

int main(void) {
  ushell_puts("order: ");
  ushell_puts(order);
  ushell_puts("\n");
  const int right = constructed == 3 && common_variable == 7;
  ushell_puts(texts[right]);
  return !right;
}
