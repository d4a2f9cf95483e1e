// Shows: what a design costs, as `sim attack-matrix` measures it: calls of the unikernel, and time in which interrupts come.
// Usage: run design-cost.o [CALLS] [ROUNDS]
// Expected: prints nothing; calls a function of the unikernel CALLS times, spends ROUNDS rounds of a loop, and returns 0.
#include "number.h"
#include "ushell.h"

int main(int argc, char **argv) {
  for (uint64_t calls = number_argument(argc, argv, 1, 0); calls > 0; calls--) ushell_write("", 0);
  for (uint64_t rounds = number_argument(argc, argv, 2, 0); rounds > 0; rounds--) __asm__ volatile("");
  return 0;
}
