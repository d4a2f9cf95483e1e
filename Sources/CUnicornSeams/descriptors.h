// Descriptors in the GDT and the LDT, as instructions that load segments and system registers read them (SDM volume 3, 3.4.5
// and 3.5).
#ifndef SEAMS_DESCRIPTORS_H
#define SEAMS_DESCRIPTORS_H

#include "forms.h"

enum { SELECTOR_TABLE = 4, SELECTOR_INDEX = 0xfff8, SELECTOR_RPL = 3 };
// Bits of `attributes`.
enum { PRESENT = 1 << 15, NOT_SYSTEM = 1 << 12, CODE = 1 << 11, CONFORMING = 1 << 10, WRITABLE = 1 << 9, ACCESSED = 1 << 8, LONG = 1 << 21,
       BIG = 1 << 22, GRANULAR = 1 << 23, DPL_SHIFT = 13 };

typedef struct {
  uint32_t selector, attributes;  // attributes: the descriptor's second doubleword
  uint64_t raw, address;
  uint64_t upper_base;  // of a system descriptor of 16 bytes: bits 63-32 of its base, in place
} descriptor;

// Of a null selector 0; of others what the error codes of #GP, #NP and #SS say.
static inline int seams_selector_code(uint32_t selector) { return (int)(selector & 0xfffc); }

// Descriptor tables are read and written by implicit supervisor accesses (SDM volume 3, 4.6).
int seams_implicit_index(const seams_engine *e);
// Raise #GP(selector) for what lies outside its table.
descriptor seams_read_descriptor(seams_engine *e, uint32_t selector, uintptr_t ra);
// In the GDT only; of 16 bytes in IA-32e mode (SDM volume 3, 3.5.2).
descriptor seams_read_system_descriptor(seams_engine *e, uint32_t selector, uintptr_t ra);
// Sets or clears bits of the second doubleword in memory.
void seams_write_attributes(seams_engine *e, const descriptor *d, uint32_t attributes, uintptr_t ra);
// The register at `at` (an offset in CPUX86State) becomes what `d` says, with this selector.
void seams_set_segment(seams_engine *e, int at, const descriptor *d, uint32_t selector);
uint64_t seams_descriptor_base(const descriptor *d);

#endif
