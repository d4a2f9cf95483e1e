// Shows: a breakpoint that an extension enables on its own data first, where it harms nobody, and then moves to the application's code.
// Expected: under uio-mpk escaped, at the MOV to DR0: the unikernel would be stopped where the extension says.
#include "ushell.h"

// In DR7: G0, and DR0 as an execution breakpoint (SDM volume 3, 18.2.4).
enum { GLOBAL_0 = 2 };

static volatile uint64_t own;

int main(void) {
  __asm__ volatile("mov %0, %%dr0" : : "r"(&own));
  __asm__ volatile("mov %0, %%dr7" : : "r"((uint64_t)GLOBAL_0));
  __asm__ volatile("mov %0, %%dr0" : : "r"(set_count));
  return 0;
}
