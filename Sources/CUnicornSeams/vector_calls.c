// Which call an SSE instruction becomes.

#include "vector_calls.h"

enum { CALL_BYTES = 64, PLAIN_BYTES = 32, GENERAL_CALLS = 3 };

// MARK: floating-point arithmetic (native_calls.S)

extern const uint8_t seams_calls_none[][CALL_BYTES], seams_calls_66[][CALL_BYTES], seams_calls_f3[][CALL_BYTES],
    seams_calls_f2[][CALL_BYTES], seams_calls_7c[][CALL_BYTES], seams_calls_7d[][CALL_BYTES], seams_calls_d0[][CALL_BYTES],
    seams_calls_e6[][CALL_BYTES], seams_compare_calls_none[][CALL_BYTES], seams_compare_calls_66[][CALL_BYTES],
    seams_compare_calls_f3[][CALL_BYTES], seams_compare_calls_f2[][CALL_BYTES], seams_general_calls_f3[][CALL_BYTES],
    seams_general_calls_f2[][CALL_BYTES], seams_flag_calls_none[][CALL_BYTES], seams_flag_calls_66[][CALL_BYTES];

vector_call *seams_vector_call_of(const instruction *i) {
  static const uint8_t(*const arithmetic[4])[CALL_BYTES] = {seams_calls_none, seams_calls_66, seams_calls_f3, seams_calls_f2};
  static const uint8_t(*const compare[4])[CALL_BYTES] = {seams_compare_calls_none, seams_compare_calls_66, seams_compare_calls_f3,
                                                         seams_compare_calls_f2};
  const uint8_t *found = NULL;
  if (i->map != MAP_0F) return NULL;
  switch (i->opcode) {
    case 0x2a: case 0x2c: case 0x2d: {
      int at = (i->opcode == 0x2a ? 0 : i->opcode - 0x2b) + (i->wide ? GENERAL_CALLS : 0);
      if (i->mandatory == PREFIX_F3) found = seams_general_calls_f3[at];
      if (i->mandatory == PREFIX_F2) found = seams_general_calls_f2[at];
      break;
    }
    case 0x2e: case 0x2f: found = (i->mandatory == PREFIX_66 ? seams_flag_calls_66 : seams_flag_calls_none)[i->opcode - 0x2e]; break;
    case 0x7c: found = seams_calls_7c[i->mandatory - PREFIX_66]; break;
    case 0x7d: found = seams_calls_7d[i->mandatory - PREFIX_66]; break;
    case 0xd0: found = seams_calls_d0[i->mandatory - PREFIX_66]; break;
    case 0xe6: found = seams_calls_e6[i->mandatory - PREFIX_66]; break;
    case 0xc2: found = compare[i->mandatory][i->immediate & 7]; break;
    default:
      if (i->opcode >= 0x51 && i->opcode <= 0x5f) found = arithmetic[i->mandatory][i->opcode - 0x51];
  }
  return (vector_call *)(uintptr_t)found;
}

// MARK: moves of lanes, and integers (plain_calls.S)

extern const uint8_t seams_plain_14_none[][PLAIN_BYTES], seams_plain_14_66[][PLAIN_BYTES], seams_plain_66[][PLAIN_BYTES],
    seams_plain_38[][PLAIN_BYTES], seams_plain_70_66[][PLAIN_BYTES], seams_plain_70_f3[][PLAIN_BYTES],
    seams_plain_70_f2[][PLAIN_BYTES], seams_plain_c6_none[][PLAIN_BYTES], seams_plain_c6_66[][PLAIN_BYTES],
    seams_plain_palignr[][PLAIN_BYTES];

// Opcodes with 66 and a source of 16 bytes: 60-6D PUNPCK, PACK, PCMPGT; 74-76 PCMPEQ; from D1 on integers, without MOVQ, PMOVMSKB,
// CVTTPD2DQ, MOVNTDQ, LDDQU and MASKMOVDQU.
static bool is_integer(uint8_t op) {
  static const uint16_t from_d0[3] = {0xff3e, 0xff3f, 0x7f7e};
  if (op < 0xd0) return (op >= 0x60 && op <= 0x6d) || (op >= 0x74 && op <= 0x76);
  return from_d0[(op >> 4) - 0xd] >> (op & 15) & 1;
}

// The same for 0F 38: PSHUFB to PMULHRSW, PABS, PMULDQ PCMPEQQ PACKUSDW, PMIN PMAX PMULLD PHMINPOSUW.
static bool is_integer_38(uint8_t op) {
  return op <= 0x0b || (op >= 0x1c && op <= 0x1e) || op == 0x28 || op == 0x29 || op == 0x2b || (op >= 0x38 && op <= 0x41);
}

// ANDPS ANDNPS ORPS XORPS, with 66 too; PAND PANDN POR PXOR.
static uint8_t logic_of(const instruction *i) {
  if (i->opcode >= 0x54 && i->opcode <= 0x57 && i->mandatory <= PREFIX_66) return (uint8_t)(i->opcode - 0x54 + LOGIC_AND);
  if (i->mandatory != PREFIX_66) return 0;
  switch (i->opcode) {
    case 0xdb: return LOGIC_AND;
    case 0xdf: return LOGIC_ANDN;
    case 0xeb: return LOGIC_OR;
    case 0xef: return LOGIC_XOR;
    default: return 0;
  }
}

// Shifts by an immediate do what those by a register do (SDM volume 2, PSLLW PSRLW PSRAW): the opcode of these, or 0.
static uint8_t shift_of(const instruction *i) {
  static const uint8_t by_register[8] = {[2] = 0xd0, [4] = 0xe0, [6] = 0xf0};
  if (i->mandatory != PREFIX_66 || i->is_memory || i->opcode < 0x71 || i->opcode > 0x73) return 0;
  uint8_t row = by_register[i->reg & 7];
  return row ? row | (i->opcode & 3) : 0;
}

static const uint8_t *plain_of_0f(const instruction *i) {
  static const uint8_t(*const shuffle[4])[PLAIN_BYTES] = {NULL, seams_plain_70_66, seams_plain_70_f3, seams_plain_70_f2};
  uint8_t shift = shift_of(i);
  if (shift) return seams_plain_66[shift - 0x60];
  if (i->opcode == 0x70 && shuffle[i->mandatory]) return shuffle[i->mandatory][i->immediate];
  if (i->mandatory > PREFIX_66) return NULL;
  bool has_66 = i->mandatory == PREFIX_66;
  if (i->opcode == 0x14 || i->opcode == 0x15) return (has_66 ? seams_plain_14_66 : seams_plain_14_none)[i->opcode - 0x14];
  if (i->opcode == 0xc6) return (has_66 ? seams_plain_c6_66 : seams_plain_c6_none)[i->immediate];
  return has_66 && is_integer(i->opcode) ? seams_plain_66[i->opcode - 0x60] : NULL;
}

bool seams_plain_operation_of(const instruction *i, plain_operation *operation) {
  if (i->is_vex) return false;
  const uint8_t *call = NULL;
  bool has_66 = i->mandatory == PREFIX_66;
  *operation = (plain_operation){.destination = i->reg};
  if (i->map == MAP_0F) {
    operation->logic = logic_of(i);
    operation->takes_count = shift_of(i) != 0;
    if (operation->takes_count) operation->destination = i->rm;
    call = plain_of_0f(i);
  } else if (i->map == MAP_0F38 && has_66 && is_integer_38(i->opcode)) {
    call = seams_plain_38[i->opcode];
  } else if (i->map == MAP_0F3A && has_66 && i->opcode == 0x0f) {
    call = seams_plain_palignr[i->immediate];
  }
  operation->call = (void (*)(void *, uint64_t, uint64_t))(uintptr_t)call;
  return call || operation->logic;
}
