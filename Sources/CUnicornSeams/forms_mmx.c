// MMX: what its instructions do to the x87 unit; those that compute, which the host executes; and MASKMOVQ.
//
// The library loads 8 bytes where PUNPCKL takes 4, and changes the x87 unit before a memory operand has faulted.

#include <string.h>

#include "native.h"
#include "x87.h"

extern const uint8_t seams_slots_none[][16], seams_slots_38_none[][16];

// MARK: the x87 unit (SDM volume 1, 9.6.2)

// The right to use MMX, and no x87 exception that waits.
static void check(seams_engine *e, uintptr_t ra) {
  if (seams_cr(e, 0) & CR0_EM) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_x87(e, ra);
}

uint64_t *seams_mmx(seams_engine *e, int index) { return (uint64_t *)x87_register(e, (uint32_t)index); }

void seams_write_mmx(seams_engine *e, int index, uint64_t value) {
  *seams_mmx(e, index) = value;
  memset(x87_register(e, (uint32_t)index) + 8, 0xff, 2);
}

void seams_enter_mmx(seams_engine *e) {
  *x87_top(e) = 0;
  memset(x87_empty(e), 0, 8);
}

// The library enters MMX before it looks at memory; the operand is asked for here first.
void seams_before_mmx(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t operand[8];
  check(e, ra);
  if (!i->is_memory) return;
  if (i->base == REGISTER_RIP) seams_find_position(e, ra);  // the library keeps RIP only where it must
  bool is_store = i->map == MAP_0F && (i->opcode == 0x7e || i->opcode == 0x7f || i->opcode == 0xe7);
  bool is_narrow = i->map == MAP_0F && (i->opcode == 0x6e || i->opcode == 0x7e) && !i->wide;
  uint32_t bytes = is_narrow ? 4 : i->map == MAP_0F && i->opcode == 0xc4 ? 2 : 8;
  uint64_t address = seams_linear_address(e, i);
  if (is_store) {
    seams_check_alignment(e, address, bytes, ra);
    seams_probe_write(e, address, bytes, ra);
  } else {
    seams_load(e, address, operand, bytes, ra);
  }
}

void seams_after_mmx(seams_engine *e, const instruction *i) {
  int written = i->reg & 7;
  if (i->map == MAP_0F) switch (i->opcode) {
      case 0x71: case 0x72: case 0x73: written = i->rm & 7; break;
      case 0x7f:
        if (i->is_memory) return;
        written = i->rm & 7;
        break;
      case 0x77:  // EMMS
        *x87_top(e) = 0;
        return;
      case 0x7e: case 0xc5: case 0xd7: case 0xe7: return;
      case 0xd6:
        if (i->mandatory == PREFIX_F3) return;
    }
  memset(x87_register(e, (uint32_t)written) + 8, 0xff, 2);
}

// MARK: instructions that the host executes

static uint64_t load_source(seams_engine *e, const instruction *i, uint32_t bytes, uintptr_t ra) {
  uint64_t source = 0;
  if (!i->is_memory) return *seams_mmx(e, i->rm & 7);
  seams_load(e, seams_linear_address(e, i), &source, bytes, ra);
  return source;
}

static void run(seams_engine *e, const instruction *i, uintptr_t ra) {
  enum { MXCSR_DEFAULT = 0x1f80 };
  vector_frame frame = {.mxcsr = MXCSR_DEFAULT};
  check(e, ra);
  bool takes_half = i->map == MAP_0F && i->opcode >= 0x60 && i->opcode <= 0x62;
  frame.mmx_source = load_source(e, i, takes_half ? 4 : 8, ra);
  frame.mmx_destination = *seams_mmx(e, i->reg & 7);
  seams_enter_mmx(e);
  seams_native_vector_mmx(&frame, i->map == MAP_0F38 ? seams_slots_38_none[i->opcode] : seams_slots_none[i->opcode]);
  seams_write_mmx(e, i->reg & 7, frame.mmx_destination);
}

// PALIGNR mm, mm/m64, imm8: the destination above the source, shifted right by bytes
static void run_palignr(seams_engine *e, const instruction *i, uintptr_t ra) {
  check(e, ra);
  uint64_t source = load_source(e, i, 8, ra);
  unsigned __int128 both = (unsigned __int128)*seams_mmx(e, i->reg & 7) << 64 | source;
  seams_enter_mmx(e);
  seams_write_mmx(e, i->reg & 7, i->immediate < 16 ? (uint64_t)(both >> (8 * i->immediate)) : 0);
}

void seams_store_masked(seams_engine *e, const instruction *i, const uint8_t *bytes, const uint8_t *mask, uint32_t count, uintptr_t ra) {
  instruction destination = *i;  // DS:RDI, or another segment
  destination.base = RDI;
  destination.index = REGISTER_NONE;
  destination.displacement = 0;
  uint64_t address = seams_linear_address(e, &destination);
  seams_check_alignment(e, address, 8, ra);
  seams_probe_write(e, address, count, ra);
  for (uint32_t n = 0; n < count; n++)
    if (mask[n] & 0x80) seams_store(e, address + n, bytes + n, 1, ra);
}

static void run_maskmovq(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t bytes[8], mask[8];
  check(e, ra);
  memcpy(bytes, seams_mmx(e, i->reg & 7), 8);
  memcpy(mask, seams_mmx(e, i->rm & 7), 8);
  seams_enter_mmx(e);
  seams_store_masked(e, i, bytes, mask, 8, ra);
}

#define ROW(map, first, last) {map, first, last, ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run, 0}}
const form_row seams_mmx_forms[] = {
    ROW(MAP_0F, 0x60, 0x6b), ROW(MAP_0F, 0x74, 0x76), ROW(MAP_0F, 0xd1, 0xd5), ROW(MAP_0F, 0xd8, 0xe5), ROW(MAP_0F, 0xe8, 0xef),
    ROW(MAP_0F, 0xf1, 0xf6), ROW(MAP_0F, 0xf8, 0xfe), ROW(MAP_0F38, 0x00, 0x0b), ROW(MAP_0F38, 0x1c, 0x1e),
    {MAP_0F3A, 0x0f, 0x0f, ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run_palignr, 0}},
    {MAP_0F, 0xf7, 0xf7, ON_NONE, ANY_REG, REGISTER, ANY_CODE, LEGACY, {run_maskmovq, 0}},
};
const unsigned seams_mmx_form_count = sizeof seams_mmx_forms / sizeof *seams_mmx_forms;
