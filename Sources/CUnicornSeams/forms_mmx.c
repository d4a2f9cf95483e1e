// MMX instructions that compute: the host executes them; and MASKMOVQ.
//
// The library loads 8 bytes where PUNPCKL takes 4, and changes the x87 unit before a memory operand has faulted.

#include <string.h>

#include "native.h"

extern const uint8_t seams_slots_none[][16], seams_slots_38_none[][16];

static void run(seams_engine *e, const instruction *i, uintptr_t ra) {
  enum { CR0_EM = 1 << 2, MXCSR_DEFAULT = 0x1f80 };
  vector_frame frame = {.mxcsr = MXCSR_DEFAULT};
  if (seams_cr(e, 0) & CR0_EM) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_x87(e, ra);
  bool takes_half = i->map == MAP_0F && i->opcode >= 0x60 && i->opcode <= 0x62;
  if (i->is_memory)
    seams_load(e, seams_linear_address(e, i), &frame.mmx_source, takes_half ? 4 : 8, ra);
  else
    frame.mmx_source = *seams_mmx(e, i->rm & 7);
  frame.mmx_destination = *seams_mmx(e, i->reg & 7);
  seams_enter_mmx(e);
  seams_native_vector_mmx(&frame, i->map == MAP_0F38 ? seams_slots_38_none[i->opcode] : seams_slots_none[i->opcode]);
  seams_write_mmx(e, i->reg & 7, frame.mmx_destination);
}

// PALIGNR mm, mm/m64, imm8: the destination above the source, shifted right by bytes
static void run_palignr(seams_engine *e, const instruction *i, uintptr_t ra) {
  enum { CR0_EM = 1 << 2 };
  uint64_t source;
  if (seams_cr(e, 0) & CR0_EM) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_x87(e, ra);
  if (i->is_memory)
    seams_load(e, seams_linear_address(e, i), &source, 8, ra);
  else
    source = *seams_mmx(e, i->rm & 7);
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
  enum { CR0_EM = 1 << 2 };
  uint8_t bytes[8], mask[8];
  if (seams_cr(e, 0) & CR0_EM) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_x87(e, ra);
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
