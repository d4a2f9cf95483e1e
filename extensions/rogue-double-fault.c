// Shows: a double fault of the processor's own, error code and all: an extension without isolation takes the page away
// onto which the frame of its next exception would be pushed.
// Expected: under the design none the unikernel panics, "panic: double fault". INT 8 is another matter:
// software-interrupt.c.
#include "ushell.h"

struct __attribute__((packed)) table { uint16_t limit; uint64_t base; };

/* The entry of level 1 for an address whose page has one. */
static volatile uint64_t *entry(uint64_t address) {
  uint64_t table;
  __asm__("mov %%cr3, %0" : "=r"(table));
  for (int level = 3; level > 0; level--) {
    table = ((uint64_t *)(table & 0xffffffffff000))[address >> (12 + 9 * level) & 511];
  }
  return &((volatile uint64_t *)(table & 0xffffffffff000))[address >> 12 & 511];
}

int main(void) {
  struct table gdt, idt;
  uint16_t task;
  __asm__("sgdt %0" : "=m"(gdt));
  __asm__("sidt %0" : "=m"(idt));
  __asm__("str %0" : "=r"(task));
  const uint8_t *descriptor = (const uint8_t *)gdt.base + task;
  uint64_t state = 0;
  for (int i = 7; i >= 4; i--) state = state << 8 | descriptor[4 + i];
  state = state << 32 | (uint64_t)descriptor[7] << 24 | (uint64_t)descriptor[4] << 16 | (uint64_t)descriptor[3] << 8 |
          descriptor[2];
  /* The stack that the gate of #UD names: IST1 is at offset 36. */
  const int stack = ((const uint8_t *)idt.base)[16 * 6 + 4] & 7;
  const uint8_t *pointer = (const uint8_t *)state + 36 + 8 * (stack - 1);
  uint64_t top = 0;
  for (int i = 7; i >= 0; i--) top = top << 8 | pointer[i];
  *entry(top - 8) = 0;
  __asm__ volatile("invlpg (%0)\n ud2" : : "r"(top - 8) : "memory");
  return 1;
}
