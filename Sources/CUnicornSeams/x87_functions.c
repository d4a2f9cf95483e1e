// F2XM1 FYL2X FYL2XP1 FPTAN FPATAN FSIN FCOS FSINCOS.
//
// Processors differ in the last bits of these (SDM volume 1, 8.3.10 gives a bound of 1 ulp), so the host's unit would make a run
// depend on the host. They are computed with 113 bits by software and rounded once. Operands with answers that the manual
// defines (zeros, infinities, NaNs, empty registers) and extreme ones are left to the caller. Angles are reduced by pi with 66
// bits, as the processors of both vendors do (SDM volume 1, 8.3.8; measured on AMD's): the results are theirs but for the last bit.

#include <string.h>

#include "forms.h"

typedef __float128 quad;
quad sinf128(quad), cosf128(quad), tanf128(quad), fmodf128(quad, quad), rintf128(quad), atan2f128(quad, quad), log2f128(quad), log1pf128(quad), expm1f128(quad);
long double nextafterl(long double, long double);

enum { F2XM1 = 0xf0, FYL2X = 0xf1, FPTAN = 0xf2, FPATAN = 0xf3, FYL2XP1 = 0xf9, FSINCOS = 0xfb, FSIN = 0xfe, FCOS = 0xff };
enum { BIAS = 16383, EXPONENT_ORDINARY = 60, FSW_PE = 0x20, FSW_C1 = 1 << 9, FSW_C2 = 1 << 10, FSW_TOP_SHIFT = 11 };
enum { ROUND_DOWN = 1, ROUND_UP = 2, ROUND_TO_ZERO = 3 };
static const quad ln2 = 0.693147180559945309417232121458176568Q;

static uint16_t word_at(const uint8_t *image, int at) {
  uint16_t value;
  memcpy(&value, image + at, 2);
  return value;
}

static void set_word(uint8_t *image, int at, uint16_t value) { memcpy(image + at, &value, 2); }
static uint8_t *st(uint8_t *image, int n) { return image + 32 + 16 * n; }
static int top_of(const uint8_t *image) { return word_at(image, 2) >> FSW_TOP_SHIFT & 7; }
static bool is_valid(const uint8_t *image, int n) { return image[4] >> ((top_of(image) + n) & 7) & 1; }

// Normal, and far from where a result could overflow or be denormal.
static bool is_ordinary(uint8_t *image, int n) {
  uint64_t significand;
  memcpy(&significand, st(image, n), 8);
  int exponent = (word_at(st(image, n), 8) & 0x7fff) - BIAS;
  return is_valid(image, n) && significand >> 63 && exponent > -EXPONENT_ORDINARY * 16 && exponent < EXPONENT_ORDINARY * 16;
}

static long double load(uint8_t *image, int n) {
  long double value = 0;
  memcpy(&value, st(image, n), 10);
  return value;
}

// Rounds as the control word says, and notes PE and, in C1, whether the magnitude grew.
static void store(uint8_t *image, int n, quad exact) {
  const long double infinity = __builtin_infl();
  long double value = (long double)exact;
  int mode = word_at(image, 0) >> 10 & 3;
  bool is_above = (quad)value > exact, is_below = (quad)value < exact;
  if (is_above && (mode == ROUND_DOWN || (mode == ROUND_TO_ZERO && exact > 0))) value = nextafterl(value, -infinity);
  if (is_below && (mode == ROUND_UP || (mode == ROUND_TO_ZERO && exact < 0))) value = nextafterl(value, infinity);
  uint16_t status = word_at(image, 2) & (uint16_t)~FSW_C1;
  if ((quad)value != exact) status |= FSW_PE;
  if ((value < 0 ? -(quad)value : (quad)value) > (exact < 0 ? -exact : exact)) status |= FSW_C1;
  if (status & FSW_PE && !(word_at(image, 0) & FSW_PE)) status |= 0x8080;
  set_word(image, 2, status);
  memcpy(st(image, n), &value, 10);
}

static void pop(uint8_t *image) {
  int top = top_of(image);
  uint8_t oldest[16];
  memcpy(oldest, st(image, 0), 16);
  memmove(st(image, 0), st(image, 1), 7 * 16);
  memcpy(st(image, 7), oldest, 16);
  image[4] &= (uint8_t)~(1 << top);
  set_word(image, 2, (uint16_t)((word_at(image, 2) & ~(7 << FSW_TOP_SHIFT)) | ((top + 1) & 7) << FSW_TOP_SHIFT));
}

static bool push(uint8_t *image) {
  if (is_valid(image, 7)) return false;
  int top = (top_of(image) - 1) & 7;
  memmove(st(image, 1), st(image, 0), 7 * 16);
  image[4] |= (uint8_t)(1 << top);
  set_word(image, 2, (uint16_t)((word_at(image, 2) & ~(7 << FSW_TOP_SHIFT)) | top << FSW_TOP_SHIFT));
  return true;
}

static bool run_two_operands(uint8_t modrm, uint8_t *image) {
  if (!is_ordinary(image, 0) || !is_ordinary(image, 1)) return false;
  quad x = load(image, 0), y = load(image, 1), result;
  switch (modrm) {
    case FYL2X:
      if (x <= 0 || x == 1) return false;
      result = y * log2f128(x);
      break;
    case FYL2XP1:
      if (x < -0.29Q || x > 0.42Q) return false;
      result = y * (log1pf128(x) / ln2);
      break;
    default: result = atan2f128(y, x);
  }
  pop(image);
  store(image, 0, result);
  return true;
}

// The angle's distance from the nearest multiple of pi/2, and that multiple, modulo 4.
static quad reduced(quad x, int *quarter) {
  const quad half_pi = 0x1.921fb54442d18468p0Q + 0x3p-65Q;  // C90FDAA2 2168C234 C, 66 bits
  quad rest = fmodf128(x, 4 * half_pi), count = rintf128(rest / half_pi);
  *quarter = (int)count & 3;
  return rest - count * half_pi;
}

static quad sine(quad x) {
  int quarter;
  quad r = reduced(x, &quarter), value = quarter & 1 ? cosf128(r) : sinf128(r);
  return quarter & 2 ? -value : value;
}

static quad cosine(quad x) {
  int quarter;
  quad r = reduced(x, &quarter), value = quarter & 1 ? sinf128(r) : cosf128(r);
  return quarter == 1 || quarter == 2 ? -value : value;
}

static quad tangent(quad x) {
  int quarter;
  quad r = reduced(x, &quarter);
  return quarter & 1 ? -1 / tanf128(r) : tanf128(r);
}

static bool run_trigonometric(uint8_t modrm, uint8_t *image) {
  quad x = load(image, 0);
  bool pushes = modrm == FPTAN || modrm == FSINCOS;
  if (x > 0x1p62Q || x < -0x1p62Q || (pushes && is_valid(image, 7))) return false;
  set_word(image, 2, word_at(image, 2) & (uint16_t)~FSW_C2);
  store(image, 0, modrm == FCOS ? cosine(x) : modrm == FPTAN ? tangent(x) : sine(x));
  if (!pushes || !push(image)) return true;
  if (modrm == FSINCOS) {
    store(image, 0, cosine(x));
  } else {
    const long double one = 1;
    memset(st(image, 0), 0, 16);
    memcpy(st(image, 0), &one, 10);
  }
  return true;
}

bool seams_x87_function(uint8_t modrm, uint8_t image[512]) {
  switch (modrm) {
    case FYL2X: case FPATAN: case FYL2XP1: return run_two_operands(modrm, image);
    case FPTAN: case FSINCOS: case FSIN: case FCOS: return is_ordinary(image, 0) && run_trigonometric(modrm, image);
    case F2XM1: {
      if (!is_ordinary(image, 0)) return false;
      quad x = load(image, 0);
      if (x <= -1 || x >= 1) return false;
      store(image, 0, expm1f128(x * ln2));
      return true;
    }
    default: return false;
  }
}
