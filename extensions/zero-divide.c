// Shows: an integer division by zero.
// Expected: contained: #DE at main + offset in this object; nothing is printed by the program.
#include "ushell.h"

int main(int argc, char **argv) {
  (void)argv;
  volatile int zero = 0;
  const int quotient = argc / zero;
  ushell_puts("zero-divide: the division went through\n");
  return quotient;
}
