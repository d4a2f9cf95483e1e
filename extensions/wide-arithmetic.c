// Shows: arithmetic that compilers have functions for: division of 128-bit numbers, counting of bits.
// Expected: prints "quotient 1225bc: ..." as 128-bit hexadecimal halves; returns 0.
#include "ushell.h"

typedef unsigned __int128 wide;

int __popcountdi2(uint64_t value);
int __paritydi2(uint64_t value);

static void put(wide value) {
  ushell_put_hex((uint64_t)(value >> 64));
  ushell_puts(":");
  ushell_put_hex((uint64_t)value);
}

int main(void) {
  volatile wide dividend = (wide)0x123456789abcdef0 << 64 | 0xfedcba9876543210, divisor = 1000000007;
  const wide quotient = dividend / divisor, remainder = dividend % divisor;
  ushell_puts("quotient ");
  put(quotient);
  ushell_puts(", remainder ");
  put(remainder);
  volatile __int128 negative = -(__int128)dividend;
  ushell_puts(", bits ");
  ushell_put_signed(__popcountdi2((uint64_t)dividend));
  ushell_puts("\n");
  return quotient * divisor + remainder != dividend || negative / (__int128)divisor != -(__int128)quotient ||
         negative % (__int128)divisor != -(__int128)remainder || __paritydi2(7) != 1;
}
