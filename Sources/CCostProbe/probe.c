#define _GNU_SOURCE
#include "cost_probe.h"

#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, SAMPLES = 301, PAGES = 64, RUNS = 20, IN_A_RUN = 10, LOAD_BYTES = 2 };

// Nothing before is still under way, and nothing behind has begun (SDM volume 2, RDTSC and RDTSCP; LFENCE).
static inline uint64_t begin(void) {
  uint32_t low, high;
  __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
  return (uint64_t)high << 32 | low;
}

static inline uint64_t end(void) {
  uint32_t low, high;
  __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high)::"rcx", "memory");
  return (uint64_t)high << 32 | low;
}

// MARK: instructions

// RUNS times IN_A_RUN of `code`, which may change RAX to RDX and RSI to R11.
#define REPEATED(code) \
  __asm__ volatile("mov $20, %%r12d\n1:\n\t.rept 10\n\t" code "\n\t.endr\n\tdec %%r12d\n\tjnz 1b" \
                   : \
                   : \
                   : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "memory", "cc")

static void run_nothing(void *place) { (void)place; REPEATED(""); }
static void run_dependent(void *place) { (void)place; REPEATED("add $1, %%rax"); }
static void run_independent(void *place) {
  (void)place;
  REPEATED("lea 1(%%r11), %%rax\n\tlea 1(%%r11), %%rcx\n\tlea 1(%%r11), %%rdx\n\tlea 1(%%r11), %%rsi\n\tlea 1(%%r11), %%rdi\n\t"
           "lea 1(%%r11), %%r8\n\tlea 1(%%r11), %%r9\n\tlea 1(%%r11), %%r10");
}
static void run_wrpkru(void *place) {
  (void)place;
  // With the rights that hold already, as RDPKRU leaves them: nothing is lost and nothing gained.
  __asm__ volatile("xor %%ecx, %%ecx\n\trdpkru\n\tmov $20, %%r12d\n1:\n\t.rept 10\n\twrpkru\n\t.endr\n\tdec %%r12d\n\tjnz 1b" ::
                       : "rax", "rcx", "rdx", "r12", "memory", "cc");
}
static void run_rdpkru(void *place) { (void)place; REPEATED("xor %%ecx, %%ecx\n\trdpkru"); }
static void run_rdtsc(void *place) { (void)place; REPEATED("rdtsc"); }
static void run_rdrand(void *place) { (void)place; REPEATED("rdrand %%rax"); }
static void run_cpuid(void *place) { (void)place; REPEATED("xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\tcpuid"); }
static void run_system_call(void *place) { (void)place; REPEATED("mov $110, %%eax\n\tsyscall"); }
static void run_copy(void *place) {
  void *from = place, *to = (uint8_t *)place + PAGE;
  uint64_t count = PAGE;
  __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count)::"memory");
}
_Static_assert(SYS_getppid == 110, "the number of getppid is written out above");
_Static_assert(RUNS == 20 && IN_A_RUN == 10, "the repetitions are written out above");

// MARK: faults

// One load of LOAD_BYTES bytes from each page. A handler that goes on behind it needs to know its length.
static void run_loads(void *place) {
  for (int i = 0; i < PAGES; i++) __asm__ volatile(".byte 0x8a, 0x00" ::"a"((uint8_t *)place + i * PAGE) : "memory");
}

static void pass_over(int number, siginfo_t *information, void *context) {
  (void)number, (void)information;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += LOAD_BYTES;
}

// MARK: samples

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// The median of what a call takes, in cycles.
static uint64_t median(void (*call)(void *), void (*prepare)(void *), void *place) {
  static uint64_t samples[SAMPLES];
  for (int i = -20; i < SAMPLES; i++) {  // the first ones bring code and data near
    if (prepare) prepare(place);
    uint64_t start = begin();
    call(place);
    uint64_t taken = end() - start;
    if (i >= 0) samples[i] = taken;
  }
  qsort(samples, SAMPLES, sizeof *samples, compare);
  return samples[SAMPLES / 2];
}

// Thousandths of a cycle for each of `count` in a call, less what the call takes without them.
static int64_t each(uint64_t taken, uint64_t empty, uint64_t count) {
  return taken > empty ? (int64_t)((taken - empty) * 1000 / count) : 0;
}

static void drop(void *place) { madvise(place, PAGES * PAGE, MADV_DONTNEED); }

static int64_t measure_signals(void *pages, uint64_t empty) {
  struct sigaction own = {.sa_sigaction = pass_over, .sa_flags = SA_SIGINFO}, before;
  if (sigaction(SIGSEGV, &own, &before)) return -1;
  uint64_t taken = median(run_loads, NULL, pages);
  sigaction(SIGSEGV, &before, NULL);
  return each(taken, empty, PAGES);
}

static int64_t measure_faults(cost_probe_kind kind) {
  void *pages = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return -1;
  madvise(pages, PAGES * PAGE, MADV_NOHUGEPAGE);
  uint64_t empty = median(run_loads, NULL, pages);
  int64_t result = -1;
  if (kind == COST_PROBE_PAGE_FAULT) {
    result = each(median(run_loads, drop, pages), empty, PAGES);
  } else if (kind == COST_PROBE_SIGNAL) {
    if (!mprotect(pages, PAGES * PAGE, PROT_NONE)) result = measure_signals(pages, empty);
  } else {
    int key = pkey_alloc(0, PKEY_DISABLE_ACCESS);
    // A handler begins with rights of its own (pkeys(7)), and this one touches no page with a key.
    if (key >= 0 && !pkey_mprotect(pages, PAGES * PAGE, PROT_READ, key)) result = measure_signals(pages, empty);
    if (key >= 0) pkey_free(key);
  }
  munmap(pages, PAGES * PAGE);
  return result;
}

// MARK: what the host has

static bool has(uint32_t leaf, char reg, int bit) {
  uint32_t a, b, c, d;
  if (!__get_cpuid_count(leaf, 0, &a, &b, &c, &d)) return false;
  return (reg == 'b' ? b : c) >> bit & 1;
}

bool cost_probe_is_virtual(void) { return has(1, 'c', 31); }
static bool has_keys(void) { return has(7, 'c', 4); }  // OSPKE

void cost_probe_processor(char name[49]) {
  memset(name, 0, 49);
  for (uint32_t i = 0; i < 3; i++) {
    uint32_t r[4] = {0};
    if (!__get_cpuid(0x80000002 + i, &r[0], &r[1], &r[2], &r[3])) return;
    memcpy(name + 16 * i, r, 16);
  }
}

uint64_t cost_probe_clock(void) {
  struct timespec from, to;
  if (clock_gettime(CLOCK_MONOTONIC, &from)) return 0;
  uint64_t start = begin(), nanoseconds;
  do {
    clock_gettime(CLOCK_MONOTONIC, &to);
    nanoseconds = (uint64_t)(to.tv_sec - from.tv_sec) * 1000000000 + (uint64_t)to.tv_nsec - (uint64_t)from.tv_nsec;
  } while (nanoseconds < 100000000);
  return (uint64_t)((unsigned __int128)(end() - start) * 1000000000 / nanoseconds);
}

static int64_t measure_repeated(void (*call)(void *), uint64_t at_once) {
  return each(median(call, NULL, NULL), median(run_nothing, NULL, NULL), RUNS * IN_A_RUN * at_once);
}

int64_t cost_probe_measure(cost_probe_kind kind) {
  static uint8_t pages[2 * PAGE] __attribute__((aligned(PAGE)));
  switch (kind) {
    case COST_PROBE_DEPENDENT: return measure_repeated(run_dependent, 1);
    case COST_PROBE_INDEPENDENT: return measure_repeated(run_independent, 8);
    case COST_PROBE_COPIED_BYTE: return each(median(run_copy, NULL, pages), 0, PAGE);
    case COST_PROBE_WRPKRU: return has_keys() ? measure_repeated(run_wrpkru, 1) : -1;
    case COST_PROBE_RDPKRU: return has_keys() ? measure_repeated(run_rdpkru, 1) : -1;
    case COST_PROBE_RDTSC: return measure_repeated(run_rdtsc, 1);
    case COST_PROBE_RDRAND: return has(1, 'c', 30) ? measure_repeated(run_rdrand, 1) : -1;
    case COST_PROBE_CPUID: return measure_repeated(run_cpuid, 1);
    case COST_PROBE_SYSTEM_CALL: return measure_repeated(run_system_call, 1);
    default: return measure_faults(kind);
  }
}
