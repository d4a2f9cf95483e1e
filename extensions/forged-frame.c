// Shows: a fault in a function of the unikernel that was jumped into, with a frame pointer that leads nowhere.
// Expected: contained: a key fault on a write to `count` in set_count, and no caller that could be told.
#include "ushell.h"

// The store, behind the five bytes for whoever traces, and the frame.
enum { STORE = 9 };

int main(void) {
  __asm__ volatile(
      "movq %0, %%rax\n"
      "movabsq $0x123456789000, %%rbp\n"
      "jmpq *%%rax"
      : : "r"((uint64_t)(uintptr_t)set_count + STORE) : "rax", "memory");
  return 1;
}
