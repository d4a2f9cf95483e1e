// Shows: the heap of the unikernel is its own: no program is linked against it.
// Expected: refused, "undefined symbol `posix_memalign`".
#include "ushell.h"

int posix_memalign(void **result, size_t alignment, size_t length);

int main(void) {
  void *block = 0;
  posix_memalign(&block, 16, 64);
  ushell_put_hex((uint64_t)block);
  ushell_puts("\n");
  return 0;
}
