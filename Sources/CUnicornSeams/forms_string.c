// PCMPESTRM PCMPESTRI PCMPISTRM PCMPISTRI (SDM volume 2, 4.1): the library takes some aggregations for others.

#include <string.h>

#include "forms.h"

enum { WORDS = 1, SIGNED = 2, AGGREGATION_SHIFT = 2, POLARITY_SHIFT = 4, MOST_SIGNIFICANT = 1 << 6 };
enum { EQUAL_ANY, RANGES, EQUAL_EACH, EQUAL_ORDERED };

typedef struct {
  int32_t element[16];
  int count, length;  // elements there are, and those that are valid
} string_operand;

static string_operand take(const uint8_t bytes[16], uint8_t control) {
  string_operand s = {.count = control & WORDS ? 8 : 16};
  for (int n = 0; n < s.count; n++) {
    if (control & WORDS) {
      uint16_t word;
      memcpy(&word, bytes + 2 * n, 2);
      s.element[n] = control & SIGNED ? (int16_t)word : word;
    } else {
      s.element[n] = control & SIGNED ? (int8_t)bytes[n] : bytes[n];
    }
  }
  return s;
}

static int implicit_length(const string_operand *s) {
  for (int n = 0; n < s->count; n++)
    if (s->element[n] == 0) return n;
  return s->count;
}

// The absolute value of EAX or RAX, at most the number of elements.
static int explicit_length(const seams_engine *e, int index, bool is_wide, int count) {
  uint64_t value = *seams_gpr((seams_engine *)e, index);
  int64_t length = is_wide ? (int64_t)value : (int32_t)value;
  if (length < -count || length > count) return count;
  return (int)(length < 0 ? -length : length);
}

// One bit for each element of the second operand (SDM volume 2, table 4-4 has what becomes of elements past the end).
static uint32_t compare(const string_operand *a, const string_operand *b, int aggregation) {
  uint32_t result = 0;
  for (int j = 0; j < b->count; j++) {
    bool is_valid = j < b->length, hit = false;
    switch (aggregation) {
      case EQUAL_ANY:
        for (int n = 0; n < a->length; n++) hit |= is_valid && a->element[n] == b->element[j];
        break;
      case RANGES:
        for (int n = 0; n + 1 < a->length; n += 2) hit |= is_valid && a->element[n] <= b->element[j] && b->element[j] <= a->element[n + 1];
        break;
      case EQUAL_EACH:
        hit = j < a->length ? is_valid && a->element[j] == b->element[j] : !is_valid;
        break;
      default:
        hit = true;
        for (int n = 0; n < a->length && j + n < b->count; n++) hit &= j + n < b->length && a->element[n] == b->element[j + n];
    }
    result |= (uint32_t)hit << j;
  }
  return result;
}

static uint32_t negated(uint32_t bits, const string_operand *b, uint8_t control) {
  uint32_t all = b->count == 8 ? 0xff : 0xffff, valid = b->length == 0 ? 0 : all >> (b->count - b->length);
  switch (control >> POLARITY_SHIFT & 3) {
    case 1: return bits ^ all;
    case 3: return bits ^ valid;
    default: return bits;
  }
}

static void write_index(seams_engine *e, uint32_t bits, int count, uint8_t control) {
  int index = !bits ? count : control & MOST_SIGNIFICANT ? 31 - __builtin_clz(bits) : __builtin_ctz(bits);
  *seams_gpr(e, RCX) = (uint64_t)index;
}

static void write_mask(seams_engine *e, uint32_t bits, int count, uint8_t control) {
  uint8_t mask[16] = {0};
  if (control & MOST_SIGNIFICANT) {
    for (int n = 0; n < count; n++) memset(mask + n * 16 / count, bits >> n & 1 ? 0xff : 0, (size_t)(16 / count));
  } else {
    memcpy(mask, &bits, 2);
  }
  memcpy(seams_xmm(e, 0), mask, 16);
}

// 66 0F 3A 60-63
static void run(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t source[16], control = (uint8_t)i->immediate;
  seams_check_vector(e, ra);
  if (i->is_memory)
    seams_load(e, seams_linear_address(e, i), source, 16, ra);
  else
    memcpy(source, seams_xmm(e, i->rm), 16);
  string_operand a = take(seams_xmm(e, i->reg), control), b = take(source, control);
  bool is_explicit = i->opcode < 0x62;
  a.length = is_explicit ? explicit_length(e, RAX, i->wide, a.count) : implicit_length(&a);
  b.length = is_explicit ? explicit_length(e, RDX, i->wide, b.count) : implicit_length(&b);
  uint32_t bits = negated(compare(&a, &b, control >> AGGREGATION_SHIFT & 3), &b, control);
  if (i->opcode & 1)
    write_index(e, bits, b.count, control);
  else
    write_mask(e, bits, b.count, control);
  seams_write_flags(e, (bits ? FLAG_CF : 0) | (b.length < b.count ? FLAG_ZF : 0) | (a.length < a.count ? FLAG_SF : 0) | (bits & 1 ? FLAG_OF : 0));
}

const form_row seams_string_forms[] = {
    {MAP_0F3A, 0x60, 0x63, ON_66, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run, TRAIT_SETS_FLAGS}},
};
const unsigned seams_string_form_count = sizeof seams_string_forms / sizeof *seams_string_forms;
