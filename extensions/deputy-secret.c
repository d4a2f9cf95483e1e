// Shows: a secret of the application that a function of the unikernel reads and shows on the extension's behalf: the extension
// itself hands over the address only.
// Expected: leaked, in the function that the gate calls.
#include "ushell.h"

int main(void) {
  ushell_write((const char *)secret, sizeof secret);
  return 1;
}
