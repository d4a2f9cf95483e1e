// Shows: arguments arrive as in any C program, argv[0] being the name and argv[argc] NULL.
// Expected: prints "argc = N", then "argv[I] = TEXT" for each; returns argc.
#include "ushell.h"

int main(int argc, char **argv) {
  ushell_puts("argc = ");
  ushell_put_signed(argc);
  ushell_puts("\n");
  for (int i = 0; i < argc; i++) {
    ushell_puts("argv[");
    ushell_put_signed(i);
    ushell_puts("] = ");
    ushell_puts(argv[i]);
    ushell_puts("\n");
  }
  if (argv[argc] != NULL) ushell_puts("argv is not terminated\n");
  return argc;
}
