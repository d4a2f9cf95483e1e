// Shows: a recursion without end runs over the end of the overlay's stack.
// Expected: contained: a page fault below the stack (guard page), in descend; the application goes on.
#include "ushell.h"

static uint64_t descend(uint64_t depth) {
  if (depth == UINT64_MAX) return 0;  // never reached: the stack ends long before
  volatile uint64_t frame[64];
  frame[depth % 64] = depth;
  // What is read after the call keeps the compiler from turning the recursion into a loop.
  return descend(depth + 1) + frame[depth % 64];
}

int main(void) {
  return (int)descend(0);
}
