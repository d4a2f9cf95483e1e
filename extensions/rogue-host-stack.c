// Shows: a fault in a host function, whose stack an extension has taken away in a write window. The unikernel's own code
// cannot go on: that is no fault of the extension's to be contained.
// Expected: with a symbol file that has host_stack_top the unikernel panics, "panic: page fault at ushell_puts+"; refused
// without one.
#include "ushell.h"

extern uint64_t host_stack_top;

int main(void) {
  USHELL_SET(host_stack_top, 16);
  ushell_puts("rogue-host-stack: nothing happened\n");
  return 1;
}
