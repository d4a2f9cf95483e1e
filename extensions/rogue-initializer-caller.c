// Shows: a program that uses rogue-initializer.c.
// Expected: never gets to main: "run: rogue-initializer-caller.o: uses rogue-initializer.o, which was stopped in an
// initializer".
#include "ushell.h"

extern int rogue_value;

int main(void) {
  ushell_puts("rogue-initializer-caller: main runs\n");
  return rogue_value;
}
