// Shows: INT n of the vector that argv[1] names (0 to 255). Extensions run at CPL 0, where every gate of the interrupt
// descriptor table lets them in: those of exceptions, with and without an error code, of devices, of the timer.
// Expected: contained, the INT named: "INT 13 at instructions+0x34". Four bytes are between two instructions.
// Without an argument it prints the ticks so far, of which INT 32 counts none.
#include "number.h"
#include "ushell.h"

__asm__(
    ".text\n"
    ".globl instructions\n"
    ".type instructions, @function\n"
    "instructions:\n"
    "number = 0\n"
    ".rept 256\n"
    "  .byte 0xcd, number\n"
    "  ret\n"
    "  nop\n"
    "number = number + 1\n"
    ".endr\n"
    ".size instructions, . - instructions\n");
extern const char instructions[];

int main(int argc, char **argv) {
  const uint64_t vector = number_argument(argc, argv, 1, 256);
  if (vector > 255) {
    ushell_puts("ticks of the timer: ");
    ushell_put_unsigned(ushell_ticks());
    ushell_puts("\n");
    return 0;
  }
  ((void (*)(void))(instructions + 4 * vector))();
  ushell_puts("software-interrupt: nothing happened\n");
  return 1;
}
