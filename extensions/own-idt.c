// Shows: an interrupt descriptor table of the extension's own, a copy of the unikernel's.
// Expected: under uio-mpk escaped, at the LIDT: from then on the extension could say who handles what.
#include "ushell.h"

struct __attribute__((packed)) table {
  uint16_t limit;
  uint64_t base;
};

static uint8_t copy[4096];

int main(void) {
  struct table now;
  __asm__ volatile("sidt %0" : "=m"(now));
  for (unsigned at = 0; at <= now.limit && at < sizeof copy; at++) copy[at] = ((const volatile uint8_t *)now.base)[at];
  struct table own = {now.limit, (uint64_t)copy};
  __asm__ volatile("lidt %0" : : "m"(own));
  __asm__ volatile("lidt %0" : : "m"(now));
  ushell_puts("own-idt: loaded\n");
  return 1;
}
