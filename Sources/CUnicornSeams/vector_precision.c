// The precision flag of arithmetic whose tiny or huge result is an unmasked exception.
//
// Masked, the result is made denormal or infinite first, and PE tells whether that lost bits. Unmasked, PE tells whether the
// result with an unbounded exponent is exact (SDM volume 1, 4.9.1.4 and 4.9.1.5). The host computes masked; here each lane is
// looked at again, exactly.

#include <string.h>

#include "native.h"

extern const uint8_t seams_slots_f3[][16], seams_slots_f2[][16];

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
    case 0x5c: b = -b;  // fall through
    case 0x58: {
      quad sum = a + b;
      return fits(sum, is_double) && sum - a == b && sum - b == a;
    }
    case 0x59: return fits(a * b, is_double);  // 106 bits at most: exact
    case 0x5e: {
      quad quotient = a / b;
      if (b - b != 0) return true;  // by an infinity: 0
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

// One lane of an instruction as the scalar instruction that computes the same.
typedef struct {
  uint8_t opcode;
  const uint8_t *first, *second;
} scalar;

static scalar scalar_of_lane(const instruction *i, const vector_frame *before, int lane, int lanes, int bytes) {
  const uint8_t *half = lane < lanes / 2 ? before->destination : before->source;
  int pair = lane % (lanes / 2 ? lanes / 2 : 1) * 2 * bytes;
  switch (i->opcode) {
    case 0x7c: return (scalar){0x58, half + pair, half + pair + bytes};
    case 0x7d: return (scalar){0x5c, half + pair, half + pair + bytes};
    case 0xd0: return (scalar){lane & 1 ? 0x58 : 0x5c, before->destination + lane * bytes, before->source + lane * bytes};
    default: return (scalar){i->opcode, before->destination + lane * bytes, before->source + lane * bytes};
  }
}

// A result that was rounded up to the least normal number may have been tiny before: the flag of the lane alone tells.
uint32_t seams_precision_flag(const instruction *i, const vector_frame *before, const vector_frame *after, uint32_t unmasked,
                              bool is_double, int lanes) {
  bool flushes = before->mxcsr & MXCSR_DAZ;
  int source_bytes = is_double || i->opcode == 0x5a ? 8 : 4, result_bytes = is_double ? 8 : 4;
  for (int lane = 0; lane < lanes; lane++) {
    scalar one = scalar_of_lane(i, before, lane, lanes, source_bytes);
    vector_frame alone = {.mxcsr = before->mxcsr};
    memcpy(alone.destination, one.first, (size_t)source_bytes);
    memcpy(alone.source, one.second, (size_t)source_bytes);
    quad a = lane_value(alone.destination, source_bytes == 8, flushes), b = lane_value(alone.source, source_bytes == 8, flushes);
    seams_native_vector(&alone, (source_bytes == 8 ? seams_slots_f2 : seams_slots_f3)[one.opcode]);
    bool is_tiny_result = alone.mxcsr & MXCSR_UE || is_tiny(after->destination + lane * result_bytes, is_double);
    bool is_delivered = alone.mxcsr & unmasked & MXCSR_OE || (unmasked & MXCSR_UE && is_tiny_result);
    if (is_delivered ? !is_exact(one.opcode, a, b, is_double) : alone.mxcsr & MXCSR_PE) return MXCSR_PE;
  }
  return 0;
}
