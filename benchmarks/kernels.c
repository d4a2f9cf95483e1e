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
#elif defined(STORES)
static u64 cells[4096];
void kernel(void) {
  for (u64 round = 0; round < 60000; round++)
    for (u64 i = 0; i < 4096; i++) cells[i] = i ^ round;
  result = cells[17];
}
#elif defined(TLB_MISSES)
// 256 pages after each load of CR3, which forgets all translations.
void kernel(void) {
  u64 tables, sum = 0;
  __asm__ volatile("mov %%cr3, %0" : "=r"(tables));
  for (u64 round = 0; round < 4000; round++) {
    __asm__ volatile("mov %0, %%cr3" ::"r"(tables) : "memory");
    for (u64 page = 0; page < 256; page++) sum += *(volatile u64 *)(0x1000000 + page * 4096);
  }
  result = sum;
}
#elif defined(CALLS)
typedef u64 (*step)(u64);
__attribute__((noinline)) static u64 add(u64 x) { return x + 7; }
__attribute__((noinline)) static u64 mix(u64 x) { return (x << 5) ^ (x >> 3); }
__attribute__((noinline)) static u64 flip(u64 x) { return ~x; }
__attribute__((noinline)) static u64 twice(u64 x) { return add(add(x)); }
static step volatile steps[4] = {add, mix, flip, twice};
void kernel(void) {
  u64 x = 1;
  for (u64 i = 0; i < 50000000; i++) x = steps[x & 3](x);
  result = x;
}
#elif defined(INTERPRETER)
// A program for a machine with eight registers: adds, multiplies, loads, stores and counts down.
enum { ADD, MUL, XOR, SHIFT, LOAD, STORE, LOOP, END };
typedef struct {
  unsigned char operation, to, from, immediate;
} instruction;
static const instruction program[] = {
    {ADD, 1, 2, 3}, {MUL, 2, 1, 5}, {XOR, 3, 2, 9}, {SHIFT, 3, 1, 7}, {STORE, 3, 4, 1},
    {LOAD, 5, 4, 1}, {ADD, 4, 5, 1}, {XOR, 1, 5, 2}, {LOOP, 0, 0, 8}, {END, 0, 0, 0},
};
static u64 memory[256];
void kernel(void) {
  u64 r[8] = {5000000, 1, 2, 3, 4, 5, 6, 7};
  for (const instruction *at = program;; at++) {
    switch (at->operation) {
    case ADD: r[at->to] += r[at->from] + at->immediate; break;
    case MUL: r[at->to] *= r[at->from] | at->immediate; break;
    case XOR: r[at->to] ^= r[at->from] + at->immediate; break;
    case SHIFT: r[at->to] = r[at->to] << at->immediate | r[at->from] >> 3; break;
    case LOAD: r[at->to] = memory[(r[at->from] + at->immediate) & 255]; break;
    case STORE: memory[(r[at->from] + at->immediate) & 255] = r[at->to]; break;
    case LOOP:
      if (--r[0]) at -= at->immediate + 1;
      break;
    case END: result = r[1] ^ r[3]; return;
    }
  }
}
#elif defined(SSE)
static double matrix[3][64][64];
void kernel(void) {
  for (int i = 0; i < 64 * 64; i++) {
    matrix[0][i / 64][i % 64] = 1.0 / (i + 1);
    matrix[1][i / 64][i % 64] = (i & 15) * 0.25;
  }
  for (int round = 0; round < 40; round++)
    for (int i = 0; i < 64; i++)
      for (int j = 0; j < 64; j++) {
        double sum = matrix[2][i][j] * 0.5;
        for (int k = 0; k < 64; k++) sum += matrix[0][i][k] * matrix[1][k][j];
        matrix[2][i][j] = sum;
      }
  result = (u64)matrix[2][3][5];
}
#elif defined(X87)
void kernel(void) {
  long double x = 1, sum = 0;
  for (u32 i = 1; i < 4000000; i++) {
    x = x * 1.000001L + 1 / (long double)i;
    sum += x;
  }
  result = (u64)sum;
}
#elif defined(PDEP)
void kernel(void) {
  u64 a = 0x0123456789abcdef, mask = 0x5555aaaaf0f00ff0, b, c;
  for (u64 i = 0; i < 30000000; i++) {
    __asm__("pdep %2, %1, %0" : "=r"(b) : "r"(a), "r"(mask));
    __asm__("pext %2, %1, %0" : "=r"(c) : "r"(a + i), "r"(mask));
    a = b ^ c << 32 ^ i;
  }
  result = a;
}
#elif defined(SYSCALL)
// From CPL 3 to CPL 0 and back. The entry counts in R14 and leaves for `done` when it reaches 0.
void kernel(void);
__asm__(".globl kernel\n"
        "kernel:\n"
        "  mov $0xc0000081, %ecx\n"  // STAR: SYSCALL to 8 and 16, SYSRET to 0x28 and 0x20
        "  xor %eax, %eax\n"
        "  mov $0x00180008, %edx\n"
        "  wrmsr\n"
        "  inc %ecx\n"  // LSTAR
        "  mov $entry, %eax\n"
        "  xor %edx, %edx\n"
        "  wrmsr\n"
        "  mov $0xc0000084, %ecx\n"  // FMASK
        "  mov $0x600, %eax\n"
        "  wrmsr\n"
        "  mov $0xc0000080, %ecx\n"  // EFER.SCE
        "  rdmsr\n"
        "  or $1, %eax\n"
        "  wrmsr\n"
        "  mov $5000000, %r14\n"
        "  mov $user, %ecx\n"
        "  mov $2, %r11d\n"
        "  sysretq\n"
        "user:\n"
        "  syscall\n"
        "  jmp user\n"
        "entry:\n"
        "  dec %r14\n"
        "  jz done\n"
        "  sysretq\n"
        "done:\n"
        "  ret\n");
#elif defined(PORT_READS)
// The line status of COM1, as a driver without interrupts polls it.
void kernel(void) {
  u64 sum = 0;
  for (u64 i = 0; i < 4000000; i++) {
    unsigned char status;
    __asm__ volatile("inb %%dx, %%al" : "=a"(status) : "d"(0x3fd));
    sum += status;
  }
  result = sum;
}
#elif defined(MMIO)
// The local APIC's identification and task priority, in the middle of other work.
void kernel(void) {
  volatile u32 *apic = (volatile u32 *)0xfee00000;
  u64 sum = 0;
  for (u64 i = 0; i < 2000000; i++) {
    sum = sum * 3 + apic[0x20 / 4];
    sum ^= i << 7;
    apic[0x80 / 4] = i & 0x10;
    sum += sum >> 5;
  }
  result = sum;
}
#else
#error "choose a kernel"
#endif
