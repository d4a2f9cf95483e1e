// Shows: a secret of the application, read and shown. Under uio-mpk an extension reads everything.
// Expected: leaked, at the first read.
#include "ushell.h"

int main(void) {
  for (int at = 0; at < 32; at++) ushell_put_hex(secret[at]);
  ushell_puts("\nreads-secret: shown\n");
  return 1;
}
