// The table of forms, and the search in it.

#include "forms.h"

#include <stdlib.h>



#define ROW(map, opcodes, prefixes, regs, operand, code, traits) {map, opcodes, prefixes, regs, operand, code, LEGACY, {0, traits}}
#define ONE(opcode) opcode, opcode
#define TO(first, last) first, last
#define UNDEFINED(map, opcodes, prefixes, regs, operand, code) \
  {map, opcodes, prefixes, regs, operand, code, LEGACY, {0, TRAIT_UNDEFINED}}

static const form_row library_forms[] = {
    // What is no instruction, and the library takes for one or aborts on (SDM volume 2, appendix A).
    UNDEFINED(MAP_ONE, ONE(0xff), ANY_PREFIX, REG(3) | REG(5), REGISTER, ANY_CODE),
    UNDEFINED(MAP_ONE, ONE(0xff), ANY_PREFIX, REG(7), ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_ONE, ONE(0xfe), ANY_PREFIX, (uint8_t)~(REG(0) | REG(1)), ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_ONE, ONE(0x8f), ANY_PREFIX, (uint8_t)~REG(0), ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_ONE, TO(0xc6, 0xc7), ANY_PREFIX, (uint8_t)~REG(0), ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_ONE, ONE(0x8d), ANY_PREFIX, ANY_REG, REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F38, TO(0xf0, 0xf1), NOT_REPEATED, ANY_REG, REGISTER, ANY_CODE),  // MOVBE
    UNDEFINED(MAP_0F, ONE(0x0f), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE),        // 3DNow!
    UNDEFINED(MAP_0F, ONE(0x12), ON_66, ANY_REG, REGISTER, ANY_CODE),                // MOVLPD MOVHPD of registers
    UNDEFINED(MAP_0F, ONE(0x16), ON_66, ANY_REG, REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0x2b), ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE),     // SSE4a
    UNDEFINED(MAP_0F, ONE(0x50), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE),             // MOVMSKPS
    UNDEFINED(MAP_0F, TO(0x71, 0x73), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE),        // shifts by an immediate
    UNDEFINED(MAP_0F, TO(0x71, 0x72), ANY_PREFIX, (uint8_t)~(REG(2) | REG(4) | REG(6)), REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0x73), ON_NONE, (uint8_t)~(REG(2) | REG(6)), REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0x73), ON_66, (uint8_t)~(REG(2) | REG(3) | REG(6) | REG(7)), REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, TO(0x78, 0x79), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE),   // VMX, SSE4a
    UNDEFINED(MAP_0F, ONE(0xae), ON_66 | ON_F3 | ON_F2, (uint8_t)~REG(7), MEMORY, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xae), ON_F3 | ON_F2, REG(7), MEMORY, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xae), ON_66 | ON_F2, ANY_REG, REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xae), ON_F3, REG(4) | REG(5) | REG(6) | REG(7), REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xae), ON_NONE, REG(0) | REG(1) | REG(2) | REG(3) | REG(4), REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xba), ANY_PREFIX, REG(0) | REG(1) | REG(2) | REG(3), ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xc3), ON_66 | ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE),  // MOVNTI
    UNDEFINED(MAP_0F, ONE(0xc5), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE),             // PEXTRW
    UNDEFINED(MAP_0F, ONE(0xd6), ON_NONE | ON_F3 | ON_F2, ANY_REG, MEMORY, ANY_CODE),  // MOVQ2DQ MOVDQ2Q
    UNDEFINED(MAP_0F, ONE(0xd6), ON_NONE, ANY_REG, REGISTER, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xd7), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE),             // PMOVMSKB
    UNDEFINED(MAP_0F, ONE(0xe6), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xe7), ANY_PREFIX, ANY_REG, REGISTER, ANY_CODE),           // MOVNTQ MOVNTDQ
    UNDEFINED(MAP_0F, ONE(0xf0), ON_NONE | ON_66 | ON_F3, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0xf0), ON_F2, ANY_REG, REGISTER, ANY_CODE),                // LDDQU
    UNDEFINED(MAP_0F, ONE(0xf7), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE),             // MASKMOVQ MASKMOVDQU
    UNDEFINED(MAP_0F38, TO(0x00, 0xef), ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F38, TO(0xf0, 0xf1), ON_F3, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F38, ONE(0xf6), ON_NONE | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F3A, TO(0x00, 0xff), ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE),
    UNDEFINED(MAP_0F, ONE(0x0d), ANY_PREFIX, ANY_REG, REGISTER, ANY_CODE),           // PREFETCHW

    // Ports of strings, two operands of which one is read first; near branches through registers and memory.
    ROW(MAP_ONE, TO(0x6c, 0x6f), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_PORT),
    ROW(MAP_ONE, TO(0xa6, 0xa7), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_COMPARES),
    ROW(MAP_ONE, TO(0xc2, 0xc3), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ | TRAIT_BRANCH),
    ROW(MAP_ONE, ONE(0xff), ANY_PREFIX, REG(2), ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE | TRAIT_BRANCH),
    ROW(MAP_ONE, ONE(0xff), ANY_PREFIX, REG(4), ANY_OPERAND, ANY_CODE, TRAIT_BRANCH),

    // Read, then write (SDM volume 3, 4.7: W/R = 1).
    ROW(MAP_ONE, TO(0x00, 0x01), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x08, 0x09), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x10, 0x11), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x18, 0x19), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x20, 0x21), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x28, 0x29), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x30, 0x31), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x80, 0x83), ANY_PREFIX, (uint8_t)~REG(7), MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0x86, 0x87), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0xc0, 0xc1), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0xd0, 0xd3), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0xf6, 0xf7), ANY_PREFIX, REG(2) | REG(3), MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_ONE, TO(0xfe, 0xff), ANY_PREFIX, REG(0) | REG(1), MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, TO(0xa4, 0xa5), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, TO(0xac, 0xad), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, ONE(0xab), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, ONE(0xb3), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, ONE(0xbb), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, ONE(0xba), ANY_PREFIX, REG(5) | REG(6) | REG(7), MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, TO(0xc0, 0xc1), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_MODIFIES),
    ROW(MAP_0F, ONE(0xc7), ANY_PREFIX, REG(1), MEMORY, ANY_CODE, TRAIT_MODIFIES),

    // The stack, beside what a memory operand says.
    ROW(MAP_ONE, TO(0x50, 0x57), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, TO(0x58, 0x5f), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0x60), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0x61), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0x68), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0x6a), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0x8f), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0x9a), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0x9c), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0x9d), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0xc8), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ | TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0xc9), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, TO(0xca, 0xcb), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0xcf), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_ONE, ONE(0xe8), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_ONE, ONE(0xff), ANY_PREFIX, REG(3) | REG(6), ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_0F, ONE(0xa0), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_0F, ONE(0xa8), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_WRITE),
    ROW(MAP_0F, ONE(0xa1), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),
    ROW(MAP_0F, ONE(0xa9), ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_STACK_READ),

    // SETcc
    ROW(MAP_0F, TO(0x90, 0x9f), ANY_PREFIX, ANY_REG, MEMORY, ANY_CODE, TRAIT_SAVES_FLAGS),

    // SSE that the library computes right: 16-byte operands in memory (SDM volume 1, 10.4.1.1, 11.3).
    ROW(MAP_0F, ONE(0x11), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_WIDE),                 // MOVUPS MOVUPD
    ROW(MAP_0F, ONE(0x10), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_WIDE),
    ROW(MAP_0F, ONE(0x6f), ON_F3, ANY_REG, MEMORY, ANY_CODE, TRAIT_WIDE),                              // MOVDQU
    ROW(MAP_0F, ONE(0x7f), ON_F3, ANY_REG, MEMORY, ANY_CODE, TRAIT_WIDE),
    ROW(MAP_0F, ONE(0xf0), ON_F2, ANY_REG, MEMORY, ANY_CODE, TRAIT_WIDE),                              // LDDQU
    ROW(MAP_0F, TO(0x14, 0x15), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),               // UNPCKL UNPCKH
    ROW(MAP_0F, ONE(0x12), ON_F3, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                           // MOVSLDUP
    ROW(MAP_0F, ONE(0x16), ON_F3, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                           // MOVSHDUP
    ROW(MAP_0F, TO(0x28, 0x29), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),               // MOVAPS
    ROW(MAP_0F, ONE(0x2b), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // MOVNTPS
    ROW(MAP_0F, TO(0x54, 0x57), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),               // AND ANDN OR XOR
    ROW(MAP_0F, TO(0x60, 0x6d), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                      // PUNPCK ... PUNPCKHQDQ
    ROW(MAP_0F, ONE(0x6f), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                           // MOVDQA
    ROW(MAP_0F, ONE(0x7f), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),
    ROW(MAP_0F, ONE(0x70), ON_66 | ON_F3 | ON_F2, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),           // PSHUFD PSHUFHW PSHUFLW
    ROW(MAP_0F, TO(0x74, 0x76), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                      // PCMPEQ
    ROW(MAP_0F, ONE(0xc6), NOT_REPEATED, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // SHUFPS
    ROW(MAP_0F, ONE(0xd6), ON_66, ANY_REG, MEMORY, ANY_CODE, 0),                                       // MOVQ
    ROW(MAP_0F, TO(0xd1, 0xef), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                      // integers, MOVNTDQ
    ROW(MAP_0F, TO(0xf1, 0xfe), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),
    ROW(MAP_0F38, TO(0x00, 0x0b), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // SSSE3
    ROW(MAP_0F38, TO(0x10, 0x17), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // PBLENDVB BLENDV PTEST
    ROW(MAP_0F38, TO(0x1c, 0x1e), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // PABS
    ROW(MAP_0F38, TO(0x28, 0x2b), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // PMULDQ ... PACKUSDW
    ROW(MAP_0F38, TO(0x37, 0x41), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // PCMPGTQ PMIN PMAX PMULLD
    ROW(MAP_0F3A, TO(0x0c, 0x0f), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                    // BLEND PALIGNR
    ROW(MAP_0F3A, ONE(0x42), ON_66, ANY_REG, MEMORY, ANY_CODE, TRAIT_ALIGNED),                         // MPSADBW

    // MMX; what it computes is in forms_mmx.c.
    ROW(MAP_0F, TO(0x6e, 0x73), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, ONE(0x77), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, TO(0x7e, 0x7f), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, TO(0xc4, 0xc5), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, ONE(0xd6), ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, ONE(0xd7), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
    ROW(MAP_0F, ONE(0xe7), ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, TRAIT_MMX),
};

// MARK: LOCK

// LOCK is for instructions that modify memory and are in this list (SDM volume 2, LOCK); elsewhere it is #UD.
static bool may_be_locked(const instruction *i) {
  if (!i->is_memory) return false;
  uint8_t op = i->opcode, reg = i->reg & 7;
  if (i->map == MAP_ONE) {
    if (op < 0x38) return (op & 6) == 0;  // ADD OR ADC SBB AND SUB XOR to memory
    switch (op) {
      case 0x80: case 0x81: case 0x82: case 0x83: return reg != 7;
      case 0x86: case 0x87: return true;
      case 0xf6: case 0xf7: return reg == 2 || reg == 3;
      case 0xfe: case 0xff: return reg < 2;
      default: return false;
    }
  }
  if (i->map != MAP_0F) return false;
  switch (op) {
    case 0xab: case 0xb3: case 0xbb: case 0xb0: case 0xb1: case 0xc0: case 0xc1: return true;
    case 0xba: return reg > 4;
    case 0xc7: return reg == 1;
    default: return false;
  }
}

// MOV of a segment or control register that is not there.
static bool names_no_register(const instruction *i) {
  if (i->map == MAP_ONE && (i->opcode == 0x8c || i->opcode == 0x8e))
    return (i->reg & 7) > SEGMENT_GS || (i->opcode == 0x8e && (i->reg & 7) == SEGMENT_CS);
  return i->map == MAP_0F && (i->opcode == 0x20 || i->opcode == 0x22) && i->reg != 0 && (i->reg < 2 || i->reg > 4) && i->reg != 8;
}

// CLAC and STAC, 0F 01 /1 of the registers 2 and 3, take no mandatory prefix (SDM volume 2, "NP" at both; behind F2 and F3 they are
// instructions that this processor has not).
static bool is_prefixed_alignment_check(const instruction *i) {
  return i->map == MAP_0F && i->opcode == 0x01 && (i->modrm == 0xca || i->modrm == 0xcb) && i->mandatory != PREFIX_NONE;
}

// MARK: the search

static bool fits(const form_row *row, const instruction *i) {
  int code = i->code_bits == 64 ? CODE_64 : i->code_bits == 32 ? CODE_32 : CODE_16;
  if (!(row->prefixes >> i->mandatory & 1) || !(row->code & code)) return false;
  if (row->code & OPERAND_16 && i->operand_bytes != 2) return false;
  if (row->encoding == VEX_128 && i->vex_length) return false;
  if (row->encoding == LOCKED && !i->has_lock) return false;
  if (row->encoding == LARGE_IMMEDIATE && !(i->immediate & 0x8000)) return false;
  if (!i->has_modrm) return true;
  return row->regs >> (i->reg & 7) & 1 && row->operand & (i->is_memory ? MEMORY : REGISTER);
}

enum { MAPS = 4, ENCODINGS = 2, ROWS_MAX = 512, LINKS_MAX = 8192, NO_ROW = UINT16_MAX };

// For each opcode, with and without VEX, the rows that name it, in their order.
static struct {
  const form_row *rows[ROWS_MAX];
  uint16_t next[LINKS_MAX], row_of[LINKS_MAX];
  uint16_t first[ENCODINGS][MAPS][256];
  unsigned row_count, link_count;
} index_of_rows;

static void add_rows(const form_row *rows, unsigned count) {
  if (index_of_rows.row_count + count > ROWS_MAX) abort();
  for (unsigned n = 0; n < count; n++) {
    index_of_rows.rows[index_of_rows.row_count] = &rows[n];
    bool is_vex = rows[n].encoding == VEX_128;
    for (unsigned op = rows[n].first_opcode; op <= rows[n].last_opcode; op++) {
      uint16_t *link = &index_of_rows.first[is_vex][rows[n].map][op];
      while (*link != NO_ROW) link = &index_of_rows.next[*link];
      if (index_of_rows.link_count == LINKS_MAX) abort();
      uint16_t at = (uint16_t)index_of_rows.link_count++;
      index_of_rows.row_of[at] = (uint16_t)index_of_rows.row_count;
      index_of_rows.next[at] = NO_ROW;
      *link = at;
    }
    index_of_rows.row_count++;
  }
}

// Engines are made in any thread; the index is made before the first one.
__attribute__((constructor)) static void make_index(void) {
  for (int encoding = 0; encoding < ENCODINGS; encoding++)
    for (int map = 0; map < MAPS; map++)
      for (int op = 0; op < 256; op++) index_of_rows.first[encoding][map][op] = NO_ROW;
  add_rows(seams_integer_forms, seams_integer_form_count);
  add_rows(seams_vector_forms, seams_vector_form_count);
  add_rows(seams_string_forms, seams_string_form_count);
  add_rows(seams_x87_forms, seams_x87_form_count);
  add_rows(seams_mmx_forms, seams_mmx_form_count);
  add_rows(seams_return_forms, seams_return_form_count);
  add_rows(seams_state_forms, seams_state_form_count);
  add_rows(seams_system_forms, seams_system_form_count);
  add_rows(seams_table_forms, seams_table_form_count);
  add_rows(library_forms, sizeof library_forms / sizeof *library_forms);
}

form seams_form_of(const instruction *i) {
  const form undefined = {0, TRAIT_UNDEFINED};
  if (i->too_long) return (form){0, 0};  // the library raises #GP
  if (i->is_evex || (i->is_vex && i->vex_prefix_mix)) return undefined;
  if (i->has_lock && !may_be_locked(i)) return undefined;
  if (!i->is_vex && (names_no_register(i) || is_prefixed_alignment_check(i))) return undefined;
  form found = i->is_vex ? undefined : (form){0, 0};
  for (uint16_t at = index_of_rows.first[i->is_vex][i->map][i->opcode]; at != NO_ROW; at = index_of_rows.next[at]) {
    const form_row *row = index_of_rows.rows[index_of_rows.row_of[at]];
    if (!fits(row, i)) continue;
    found = row->form;
    break;
  }
  if (i->is_memory && i->segment == SEGMENT_SS) found.traits |= TRAIT_STACK_READ | TRAIT_STACK_WRITE;
  return found;
}
