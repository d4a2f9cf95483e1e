/* What compilers call for arithmetic that has no instruction, by the names and contracts of GCC's libgcc ("Integer library
 * routines"): for extensions, the unikernel itself needs none of it. Division by zero is #DE, as with the instruction. */
#ifdef UIO_SHELL
#include <stdint.h>

typedef unsigned __int128 wide;
typedef __int128 signed_wide;

int __popcountdi2(uint64_t value) {
  value -= value >> 1 & 0x5555555555555555ull;
  value = (value & 0x3333333333333333ull) + (value >> 2 & 0x3333333333333333ull);
  value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0full;
  return (int)(value * 0x0101010101010101ull >> 56);
}

int __paritydi2(uint64_t value) { return __popcountdi2(value) & 1; }

/* The quotient fits 64 bits if high < divisor, which is the caller's business. */
static uint64_t divide(uint64_t high, uint64_t low, uint64_t divisor, uint64_t *remainder) {
  uint64_t quotient;
  __asm__("divq %4" : "=a"(quotient), "=d"(*remainder) : "a"(low), "d"(high), "r"(divisor) : "cc");
  return quotient;
}

wide __udivmodti4(wide dividend, wide divisor, wide *remainder) {
  const uint64_t high = (uint64_t)(dividend >> 64), low = (uint64_t)dividend;
  const uint64_t divisor_high = (uint64_t)(divisor >> 64);
  if (divisor_high == 0) {
    uint64_t rest;
    const uint64_t quotient_high = divide(0, high, (uint64_t)divisor, &rest);
    const uint64_t quotient_low = divide(rest, low, (uint64_t)divisor, &rest);
    if (remainder) *remainder = rest;
    return (wide)quotient_high << 64 | quotient_low;
  }
  /* The quotient fits 64 bits. With the divisor's highest bit at the top, the one of the halves is at most 2 too great
   * (Knuth, 4.3.1, theorem B); halving the dividend keeps it within 64 bits. */
  const int shift = __builtin_clzll(divisor_high);
  uint64_t rest;
  const uint64_t top = (uint64_t)(divisor << shift >> 64);
  uint64_t quotient = divide((uint64_t)(dividend >> 65), (uint64_t)(dividend >> 1), top, &rest) >> (63 - shift);
  if (quotient != 0) quotient--;
  wide left = dividend - quotient * divisor;
  if (left >= divisor) {
    left -= divisor;
    quotient++;
  }
  if (remainder) *remainder = left;
  return quotient;
}

wide __udivti3(wide dividend, wide divisor) { return __udivmodti4(dividend, divisor, 0); }

wide __umodti3(wide dividend, wide divisor) {
  wide remainder;
  __udivmodti4(dividend, divisor, &remainder);
  return remainder;
}

static wide magnitude(signed_wide value) { return value < 0 ? -(wide)value : (wide)value; }

signed_wide __divti3(signed_wide dividend, signed_wide divisor) {
  const wide quotient = __udivmodti4(magnitude(dividend), magnitude(divisor), 0);
  return (signed_wide)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

signed_wide __modti3(signed_wide dividend, signed_wide divisor) {
  const wide remainder = __umodti3(magnitude(dividend), magnitude(divisor));
  return (signed_wide)(dividend < 0 ? -remainder : remainder);
}
#endif
