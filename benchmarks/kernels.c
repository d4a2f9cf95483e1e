// Bare-metal kernels, one chosen by its macro: each a kind of code in which emulators differ.
typedef unsigned long u64;
typedef unsigned int u32;

static volatile u64 result;

#if defined(ALU)
void kernel(void) {
  u64 a = 1, b = 2, c = 3;
  for (u64 i = 0; i < 150000000; i++) {
    a += b ^ i;
    b = (b << 3) | (b >> 61);
    c -= a & b;
  }
  result = a ^ b ^ c;
}
#elif defined(SORT)
static u32 numbers[4096];
void kernel(void) {
  for (int round = 0; round < 220; round++) {
    u32 x = 12345 + round;
    for (int i = 0; i < 4096; i++) numbers[i] = x = x * 1664525 + 1013904223;
    for (int gap = 2048; gap > 0; gap /= 2)
      for (int i = gap; i < 4096; i++) {
        u32 v = numbers[i];
        int j = i;
        for (; j >= gap && numbers[j - gap] > v; j -= gap) numbers[j] = numbers[j - gap];
        numbers[j] = v;
      }
  }
  result = numbers[0];
}
#elif defined(CRC32)
static u32 table[256];
static unsigned char data[65536];
void kernel(void) {
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  u32 crc = ~0u;
  for (int round = 0; round < 1500; round++)
    for (u32 i = 0; i < sizeof data; i++) crc = table[(crc ^ data[i]) & 255] ^ (crc >> 8);
  result = crc;
}
#elif defined(CHASE)
static u32 next[1 << 16];
void kernel(void) {
  for (u32 i = 0; i < 1 << 16; i++) next[i] = (i * 40503 + 12345) & 0xffff;
  u32 at = 0;
  for (u64 i = 0; i < 250000000; i++) at = next[at];
  result = at;
}
#elif defined(RECURSION)
__attribute__((noinline)) static u64 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
void kernel(void) { result = fibonacci(38); }
#elif defined(DOMAIN_SWITCH)
static void wrpkru(u32 value) { __asm__ volatile("wrpkru" ::"a"(value), "c"(0), "d"(0) : "memory"); }
void kernel(void) {
  volatile u64 *page = (volatile u64 *)0x40000000;
  for (u64 i = 0; i < 2000000; i++) {
    wrpkru(0);
    *page = *page + i;
    wrpkru(8);  // key 1: writes disabled
  }
  result = *page;
}
#else
#error "choose a kernel"
#endif
