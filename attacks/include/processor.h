/* The processor's own tables and registers, as code at CPL 0 sees them (SDM volume 3, chapters 2 to 4). */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdint.h>

#define ADDRESS_MASK 0x000ffffffffff000ull
enum { PAGE = 4096 };
enum page_bits { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80 };
#define NO_EXECUTE (1ull << 63)
#define KEY_MASK (0xfull << 59)

/* Tables are mapped where they are (identity). 0 where nothing is mapped. */
static inline volatile uint64_t *leaf_below(uint64_t root, uint64_t address) {
  uint64_t table = root;
  for (int shift = 39;; shift -= 9) {
    volatile uint64_t *entry = (volatile uint64_t *)(table & ADDRESS_MASK) + (address >> shift & 511);
    if (!(*entry & PRESENT)) return 0;
    if (shift == 12 || (*entry & LARGE)) return entry;
    table = *entry;
  }
}

static inline uint64_t read_cr0(void) {
  uint64_t value;
  __asm__ volatile("mov %%cr0, %0" : "=r"(value));
  return value;
}

static inline uint64_t read_cr3(void) {
  uint64_t value;
  __asm__ volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}

static inline uint64_t read_cr4(void) {
  uint64_t value;
  __asm__ volatile("mov %%cr4, %0" : "=r"(value));
  return value;
}

static inline void write_cr0(uint64_t value) { __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory"); }
static inline void write_cr3(uint64_t value) { __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }
static inline void write_cr4(uint64_t value) { __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory"); }

static inline uint64_t read_msr(uint32_t index) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
  return (uint64_t)high << 32 | low;
}

static inline void write_msr(uint32_t index, uint64_t value) {
  __asm__ volatile("wrmsr" : : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

/* The leaf entry of an address under the page tables in force. */
static inline volatile uint64_t *leaf(const volatile void *address) {
  return leaf_below(read_cr3(), (uint64_t)address);
}

/* Where an address lies in physical memory. */
static inline uint64_t physical(const volatile void *address) {
  const uint64_t entry = *leaf(address);
  const uint64_t size = entry & LARGE ? 2ull << 20 : PAGE;
  return (entry & ADDRESS_MASK & ~(size - 1)) | ((uint64_t)address & (size - 1));
}

/* The key of everything that is an extension's, as bits of an entry. */
static inline uint64_t own_key(void) {
  static uint8_t own;
  return *leaf(&own) & KEY_MASK;
}

static inline void invalidate(const volatile void *address) {
  __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

struct __attribute__((packed)) table_register {
  uint16_t limit;
  uint64_t base;
};

static inline struct table_register read_gdtr(void) {
  struct table_register value;
  __asm__ volatile("sgdt %0" : "=m"(value));
  return value;
}

static inline struct table_register read_idtr(void) {
  struct table_register value;
  __asm__ volatile("sidt %0" : "=m"(value));
  return value;
}

static inline void write_gdtr(struct table_register value) { __asm__ volatile("lgdt %0" : : "m"(value) : "memory"); }
static inline void write_idtr(struct table_register value) { __asm__ volatile("lidt %0" : : "m"(value) : "memory"); }

static inline uint16_t read_tr(void) {
  uint16_t selector;
  __asm__ volatile("str %0" : "=r"(selector));
  return selector;
}

/* The task state segment that the task register names: its base is spread over 16 bytes of the GDT. */
static inline volatile uint8_t *task_state(void) {
  const volatile uint64_t *entry = (const volatile uint64_t *)(read_gdtr().base + (read_tr() & ~7u));
  const uint64_t base = (entry[0] >> 16 & 0xffffff) | (entry[0] >> 56 & 0xff) << 24 | entry[1] << 32;
  return (volatile uint8_t *)base;
}

/* Where an interrupt descriptor table has a vector's handler. */
static inline uint64_t handler_of(const volatile uint64_t *table, unsigned vector) {
  const uint64_t low = table[2 * vector], high = table[2 * vector + 1];
  return (low & 0xffff) | (low >> 32 & 0xffff0000) | high << 32;
}

static inline void set_handler(volatile uint64_t *table, unsigned vector, uint64_t handler) {
  table[2 * vector] = (table[2 * vector] & 0x0000ffffffff0000) | (handler & 0xffff) | (handler & 0xffff0000) << 32;
  table[2 * vector + 1] = handler >> 32;
}

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static inline uint8_t in8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* What a far call or jump through memory reads, with 32-bit operands. */
struct __attribute__((packed)) far_pointer32 {
  uint32_t offset;
  uint16_t selector;
};

/* Where the processor begins to push for a vector (SDM volume 3, 6.14.5 and 8.7). */
static inline uint64_t stack_top_of(unsigned vector) {
  const volatile uint64_t *gate = (const volatile uint64_t *)read_idtr().base + 2 * vector;
  const uint64_t index = *gate >> 32 & 7;
  uint64_t top = 0;
  for (int byte = 0; byte < 8; byte++) top |= (uint64_t)task_state()[28 + 8 * index + byte] << 8 * byte;
  return top;
}

#endif
