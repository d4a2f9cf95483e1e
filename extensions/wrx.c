// Shows: W^X, first half: an extension may not change its own code, although its pages have the overlay's key.
// Expected: contained: a page fault on a write to `answer` in this object. Otherwise prints "wrx: code changed".
#include "ushell.h"

__attribute__((noinline)) static int answer(void) {
  __asm__ volatile("");
  return 42;
}

int main(void) {
  volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)answer;
  *code = 0xc3;
  ushell_puts("wrx: code changed\n");
  return answer();
}
