// Shows: W^X, second half: what an extension may write, it may not execute.
// Expected: contained: a page fault on an instruction fetch from `code` in this object. Otherwise prints
// "data-execute: data executed".
#include "ushell.h"

static volatile uint8_t code[16] = {0xc3};

int main(void) {
  code[0] = 0xc3;
  ((void (*)(void))(uintptr_t)code)();
  ushell_puts("data-execute: data executed\n");
  return 1;
}
