// Shows: the overlay is one domain. An extension overwrites the memory of the BPF program that was attached just before:
// its executable, stack, context and all that the interpreter works on.
// Usage: bpf_attach FUNCTION count.bpf.o, then run rogue-arena.o
// Expected: the program is contained at its next run, as a native extension would be; unikernel and application go on.
#include "ushell.h"

enum { PAGE = 4096, PAGES = 9 };

int main(void) {
  /* Memory is handed out from below, and a page stays free behind everything. */
  const uint64_t self = (uint64_t)main & ~(uint64_t)(PAGE - 1);
  volatile uint64_t *place = (volatile uint64_t *)(self - (PAGES + 1) * PAGE);
  for (int index = 0; index < PAGES * PAGE / 8; index++) place[index] = ~0ull;
  ushell_puts("rogue-arena: nine pages overwritten\n");
  return 0;
}
