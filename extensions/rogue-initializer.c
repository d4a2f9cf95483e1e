// Shows: an initializer that breaks the rules: it runs with the rights of the overlay, as main does.
// Expected: contained when a program that uses it is run (rogue-initializer-caller.c): that one goes as well.
#include "ushell.h"

int rogue_value;

__attribute__((constructor)) static void overwrite(void) { count = 666; }
