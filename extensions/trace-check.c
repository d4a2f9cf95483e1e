// Shows: a traced function does to registers, flags and PKRU what it does untraced, whatever they hold.
// Expected: with programs attached to get_count or without: "trace-check: passed" and returns 0. "FAILED" lines and a
// result other than 0 otherwise.
#include "pkru.h"
#include "ushell.h"

enum { REGISTERS = 13, CALLS = 20 };

struct state {
  uint64_t registers[REGISTERS]; /* RBX, RCX, RDX, RSI, RDI, R8 to R15 */
  uint64_t flags;
};

/* Calls get_count with all registers but RAX, RBP and RSP as in `before`, and notes them afterwards. get_count itself
 * changes none of them, and none of the flags. */
uint64_t call_with(const struct state *before, struct state *after);
__asm__(
    ".text\n"
    ".local call_with\n"
    ".type call_with, @function\n"
    "call_with:\n"
    "pushq %rbp\n"
    "pushq %rbx\n"
    "pushq %r12\n"
    "pushq %r13\n"
    "pushq %r14\n"
    "pushq %r15\n"
    "pushq %rsi\n"
    "movq %rdi, %rbp\n"
    "pushq 104(%rbp)\n"
    "popfq\n"
    "movq 0(%rbp), %rbx\n"
    "movq 8(%rbp), %rcx\n"
    "movq 16(%rbp), %rdx\n"
    "movq 24(%rbp), %rsi\n"
    "movq 32(%rbp), %rdi\n"
    "movq 40(%rbp), %r8\n"
    "movq 48(%rbp), %r9\n"
    "movq 56(%rbp), %r10\n"
    "movq 64(%rbp), %r11\n"
    "movq 72(%rbp), %r12\n"
    "movq 80(%rbp), %r13\n"
    "movq 88(%rbp), %r14\n"
    "movq 96(%rbp), %r15\n"
    "call get_count@PLT\n"
    "pushfq\n"
    "movq 8(%rsp), %rbp\n"
    "popq 104(%rbp)\n"
    "movq %rbx, 0(%rbp)\n"
    "movq %rcx, 8(%rbp)\n"
    "movq %rdx, 16(%rbp)\n"
    "movq %rsi, 24(%rbp)\n"
    "movq %rdi, 32(%rbp)\n"
    "movq %r8, 40(%rbp)\n"
    "movq %r9, 48(%rbp)\n"
    "movq %r10, 56(%rbp)\n"
    "movq %r11, 64(%rbp)\n"
    "movq %r12, 72(%rbp)\n"
    "movq %r13, 80(%rbp)\n"
    "movq %r14, 88(%rbp)\n"
    "movq %r15, 96(%rbp)\n"
    "popq %rsi\n"
    "popq %r15\n"
    "popq %r14\n"
    "popq %r13\n"
    "popq %r12\n"
    "popq %rbx\n"
    "popq %rbp\n"
    "ret\n"
    ".size call_with, .-call_with\n");

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_number(void) {
  random_state = random_state * 6364136223846793005 + 1442695040888963407;
  return random_state ^ random_state >> 29;
}

static int failures;

static void fail(const char *what, uint64_t found, uint64_t wanted) {
  ushell_puts("FAILED  ");
  ushell_puts(what);
  ushell_puts(": ");
  ushell_put_hex(found);
  ushell_puts(" instead of ");
  ushell_put_hex(wanted);
  ushell_puts("\n");
  failures++;
}

static void check_calls(void) {
  for (int call = 0; call < CALLS; call++) {
    const uint64_t status_flags = 0x8d5; /* OF, SF, ZF, AF, PF, CF */
    struct state before, after;
    for (int index = 0; index < REGISTERS; index++) before.registers[index] = random_number();
    before.flags = 0x202 | (random_number() & status_flags); /* IF */
    const uint32_t pkru = read_pkru();
    const uint64_t result = call_with(&before, &after);
    if (result != count) fail("get_count", result, count);
    if (read_pkru() != pkru) fail("PKRU", read_pkru(), pkru);
    if (after.flags != before.flags) fail("RFLAGS", after.flags, before.flags);
    for (int index = 0; index < REGISTERS; index++) {
      if (after.registers[index] != before.registers[index]) {
        fail("a register", after.registers[index], before.registers[index]);
      }
    }
  }
}

int main(void) {
  check_calls();
  USHELL_WINDOW(check_calls());
  ushell_puts(failures == 0 ? "trace-check: passed\n" : "trace-check: failed\n");
  return failures;
}
