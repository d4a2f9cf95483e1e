// The precision flag of a multiplication, division or conversion whose tiny result is an unmasked exception.
//
// Masked, the result is made denormal first, and PE tells whether that lost bits. Unmasked, PE tells whether the result with an
// unbounded exponent is exact (SDM volume 1, 4.9.1.5). The host computes masked; here each lane is looked at again, exactly.

#include <string.h>

#include "native.h"

extern const uint8_t seams_slots_f3[][16], seams_slots_f2[][16];

enum { MXCSR_DAZ = 0x40, MXCSR_PE = 0x20, MXCSR_FLAGS = 0x3f };
typedef __float128 quad;

static quad lane_value(const uint8_t *at, bool is_double, bool flushes) {
  quad value;
  if (is_double) {
    double d;
    memcpy(&d, at, 8);
    value = d;
  } else {
    float f;
    memcpy(&f, at, 4);
    value = f;
  }
  bool is_denormal = is_double ? value < 0x1p-1022Q && value > -0x1p-1022Q : value < 0x1p-126Q && value > -0x1p-126Q;
  return flushes && is_denormal ? 0 : value;
}

// Whether a number has at most as many significant bits as the format, whatever its exponent.
static bool fits(quad value, bool is_double) {
  if (value == 0) return true;
  while (value < 1 && value > -1) value *= 0x1p64Q;
  while (value >= 0x1p64Q || value <= -0x1p64Q) value *= 0x1p-64Q;
  return is_double ? (quad)(double)value == value : (quad)(float)value == value;
}

static bool is_exact(uint8_t opcode, quad a, quad b, bool is_double) {
  switch (opcode) {
    case 0x59: return fits(a * b, is_double);  // 106 bits at most: exact
    case 0x5e: {
      quad quotient = a / b;
      return fits(quotient, is_double) && quotient * b == a;
    }
    default: return fits(b, false);  // CVTPD2PS, CVTSD2SS
  }
}

static bool is_tiny(const uint8_t *at, bool is_double) {
  uint64_t bits = 0;
  memcpy(&bits, at, is_double ? 8 : 4);
  uint64_t magnitude = is_double ? bits & INT64_MAX : bits & INT32_MAX;
  return magnitude < (is_double ? (uint64_t)1 << 52 : (uint64_t)1 << 23);
}

bool seams_has_tiny_lane(const uint8_t *bytes, bool is_double, int lanes) {
  for (int lane = 0; lane < lanes; lane++) {
    const uint8_t *at = bytes + lane * (is_double ? 8 : 4);
    if (is_tiny(at, is_double) && lane_value(at, is_double, false) != 0) return true;
  }
  return false;
}

uint32_t seams_precision_flag(const instruction *i, const vector_frame *before, const vector_frame *after, bool is_double, int lanes) {
  bool converts = i->opcode == 0x5a;
  int source_bytes = is_double || converts ? 8 : 4, result_bytes = is_double ? 8 : 4;
  for (int lane = 0; lane < lanes; lane++) {
    const uint8_t *result = after->destination + lane * result_bytes;
    vector_frame alone = {.mxcsr = before->mxcsr};
    memcpy(alone.destination, before->destination + lane * source_bytes, (size_t)source_bytes);
    memcpy(alone.source, before->source + lane * source_bytes, (size_t)source_bytes);
    if (is_tiny(result, is_double)) {
      bool flushes = before->mxcsr & MXCSR_DAZ;
      quad a = lane_value(alone.destination, source_bytes == 8, flushes), b = lane_value(alone.source, source_bytes == 8, flushes);
      if (!is_exact(i->opcode, a, b, is_double)) return MXCSR_PE;
      continue;
    }
    seams_native_vector(&alone, (source_bytes == 8 ? seams_slots_f2 : seams_slots_f3)[i->opcode]);
    if (alone.mxcsr & MXCSR_PE) return MXCSR_PE;
  }
  return 0;
}
