// Shows: an extension that takes rights from itself: PKRU forbids every access to the memory of the unikernel, to that of
// the overlay, or to both. The processor delivers interrupts under that PKRU all the same: it reads the descriptor tables,
// and pushes onto the handlers' stacks.
// Expected: contained. argv[1] is what is forbidden: "unikernel" ends with the budget, "overlay" and "all" with a key
// fault at the first access to the stack; "idle" takes everything and touches nothing: the budget ends it.
#include "pkru.h"
#include "ushell.h"

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/* Loads PKRU; then loops, after an access to the stack or without. */
#define WITH_PKRU(value, access)                        \
  __asm__ volatile(                                     \
      "xor %%ecx, %%ecx\n xor %%edx, %%edx\n wrpkru\n"  \
      access "1: jmp 1b" : : "a"(value) : "ecx", "edx", "memory")

int main(int argc, char **argv) {
  if (argc == 2 && same(argv[1], "unikernel")) WITH_PKRU(0x3, "push %%rax\n");
  if (argc == 2 && same(argv[1], "overlay")) WITH_PKRU(0xe, "push %%rax\n");
  if (argc == 2 && same(argv[1], "all")) WITH_PKRU(~0u, "push %%rax\n");
  if (argc == 2 && same(argv[1], "idle")) WITH_PKRU(~0u, "");
  ushell_puts("usage: run dropped-rights.o unikernel|overlay|all|idle\n");
  return 2;
}
