// Shows: reads eight bytes at the address in its argument (decimal), whoever's they are.
// Expected: where a program reaches its own memory only, contained for any other address; otherwise prints them in hexadecimal.
#include "number.h"
#include "ushell.h"

int main(int argc, char **argv) {
  ushell_put_hex(*(volatile uint64_t *)number_argument(argc, argv, 1, 0));
  ushell_puts("\n");
  return 0;
}
