// The child's side: its pages, and the signal handler that goes from program to program.
//
// The handler runs with whatever segments the last program left behind, so it touches nothing thread-local: it calls the
// kernel by itself.

#define _GNU_SOURCE
#include "child.h"

#if defined(__x86_64__) && defined(__linux__)

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
  FRAME_XSTATE_MAGIC = 464,    // struct _fpx_sw_bytes in the FXSAVE area's spare bytes
  FRAME_XFEATURES = 464 + 8,
  XSTATE_BV = 512,
  FEATURE_X87 = 1, FEATURE_SSE = 2, FEATURE_KEYS = 1 << 9,
  TICK_US = 20 * 1000,
};

static struct {
  silicon_batch *batch;
  int file;
  uint8_t *code, *writable;    // second mappings, so that the handler needs no rights of the programs' own pages
  uint32_t pkru_offset;        // in the XSAVE area, from CPUID; 0 without keys
  uint32_t program;            // the one that lies in the code page
  uint32_t ticked;             // the case that ran at the last tick of the clock, + 1
  bool is_running;
} child;

static long call_kernel(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}

static uint64_t read_base(int of_gs) {
  uint64_t base = 0;
  // ARCH_GET_FS, ARCH_GET_GS
  call_kernel(SYS_arch_prctl, of_gs ? 0x1004 : 0x1003, (long)&base, 0, 0);
  return base;
}

static void write_base(int of_gs, uint64_t base) {
  call_kernel(SYS_arch_prctl, of_gs ? 0x1001 : 0x1002, (long)base, 0, 0);
}

static const int general[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void read_segments(uint16_t segment[6]) {
  __asm__ volatile("mov %%es, %0" : "=r"(segment[0]));
  __asm__ volatile("mov %%ds, %0" : "=r"(segment[3]));
  __asm__ volatile("mov %%fs, %0" : "=r"(segment[4]));
  __asm__ volatile("mov %%gs, %0" : "=r"(segment[5]));
}

static void write_segments(const uint16_t segment[6]) {
  __asm__ volatile("mov %0, %%es" ::"r"(segment[0]));
  __asm__ volatile("mov %0, %%ds" ::"r"(segment[3]));
  __asm__ volatile("mov %0, %%fs" ::"r"(segment[4]));
  __asm__ volatile("mov %0, %%gs" ::"r"(segment[5]));
}

// No library function: the first call of one looks it up, which needs thread-local memory.
static void clear(void *to, size_t bytes) { __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0) : "memory"); }
static void copy(void *to, const void *from, size_t bytes) { __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory"); }

// MARK: from and to the signal frame

static void take(silicon_state *out, const ucontext_t *frame) {
  for (int i = 0; i < 16; i++) out->gpr[i] = (uint64_t)frame->uc_mcontext.gregs[general[i]];
  out->rip = (uint64_t)frame->uc_mcontext.gregs[REG_RIP];
  out->rflags = (uint64_t)frame->uc_mcontext.gregs[REG_EFL];
  uint64_t selectors = (uint64_t)frame->uc_mcontext.gregs[REG_CSGSFS];
  out->segment[1] = (uint16_t)selectors;
  out->segment[2] = (uint16_t)(selectors >> 48);
  const uint8_t *area = (const uint8_t *)frame->uc_mcontext.fpregs;
  copy(out->fx, area, sizeof out->fx);
  clear(out->fx + 416, 96);
  if (child.pkru_offset) copy(&out->pkru, area + child.pkru_offset, 4);
}

static void give(const silicon_state *in, ucontext_t *frame) {
  for (int i = 0; i < 16; i++) frame->uc_mcontext.gregs[general[i]] = (greg_t)in->gpr[i];
  frame->uc_mcontext.gregs[REG_RIP] = (greg_t)in->rip;
  frame->uc_mcontext.gregs[REG_EFL] = (greg_t)in->rflags;
  // The kernel's own selectors for user mode: a program may have left others.
  frame->uc_mcontext.gregs[REG_CSGSFS] = 0x33 | (greg_t)0x2b << 48;
  uint8_t *area = (uint8_t *)frame->uc_mcontext.fpregs;
  copy(area, in->fx, 416);
  uint64_t present;
  copy(&present, area + XSTATE_BV, 8);
  present |= FEATURE_X87 | FEATURE_SSE | (child.pkru_offset ? FEATURE_KEYS : 0);
  copy(area + XSTATE_BV, &present, 8);
  if (child.pkru_offset) copy(area + child.pkru_offset, &in->pkru, 4);
}

// MARK: batches

static void next_batch(void) {
  silicon_batch *b = child.batch;
  uint32_t done = __atomic_load_n(&b->completed, __ATOMIC_RELAXED);
  while (__atomic_load_n(&b->submitted, __ATOMIC_ACQUIRE) == done)
    call_kernel(SYS_futex, (long)&b->submitted, FUTEX_WAIT, done, 0);
  child.program = UINT32_MAX;
}

static void start_case(ucontext_t *frame) {
  silicon_batch *b = child.batch;
  while (b->at >= b->case_count || b->completed == b->submitted) {
    if (b->completed != b->submitted) {
      __atomic_store_n(&b->completed, b->submitted, __ATOMIC_RELEASE);
      call_kernel(SYS_futex, (long)&b->completed, FUTEX_WAKE, 1, 0);
    }
    next_batch();
  }
  const silicon_case *c = &b->cases[b->at];
  if (child.program != c->program % SILICON_PROGRAMS) {
    child.program = c->program % SILICON_PROGRAMS;
    copy(child.code, b->programs[child.program], SILICON_PAGE);
  }
  copy(child.writable, b->memories[c->memory % SILICON_MEMORIES], SILICON_MEMORY_BYTES);
  give(&c->start, frame);
  write_segments(c->start.segment);
  write_base(0, c->start.fs_base);
  write_base(1, c->start.gs_base);
  child.is_running = true;
}

static void end_case(int signal, const siginfo_t *info, const ucontext_t *frame, const uint16_t segment[6], uint64_t fs, uint64_t gs) {
  silicon_batch *b = child.batch;
  silicon_case *c = &b->cases[b->at];
  for (int i = 0; i < 6; i++) c->final.segment[i] = segment[i];
  take(&c->final, frame);
  c->final.fs_base = fs;
  c->final.gs_base = gs;
  c->end = (silicon_end){
      .vector = signal == SIGVTALRM ? SILICON_HUNG : signal == SIGSYS ? SILICON_CALLED : (uint32_t)frame->uc_mcontext.gregs[REG_TRAPNO],
      .error_code = (uint32_t)frame->uc_mcontext.gregs[REG_ERR],
      .address = (uint64_t)frame->uc_mcontext.gregs[REG_CR2],
      .signal = signal, .code = info->si_code, .key = signal == SIGSEGV ? (int32_t)info->si_pkey : 0};
  copy(b->finals[b->at], child.writable, SILICON_MEMORY_BYTES);
  b->at++;
}

__attribute__((used)) static void handle(int signal, siginfo_t *info, void *context) {
  ucontext_t *frame = context;
  if (signal == SIGVTALRM && (!child.is_running || child.ticked != child.batch->at + 1)) {
    child.ticked = child.is_running ? child.batch->at + 1 : 0;
    return;
  }
  uint16_t segment[6];
  read_segments(segment);
  uint64_t fs = read_base(0), gs = read_base(1);
  if (child.pkru_offset) __asm__ volatile(".byte 0x0f, 0x01, 0xef" ::"a"(0), "c"(0), "d"(0) : "memory");
  if (child.is_running) {
    child.is_running = false;
    end_case(signal, info, frame, segment, fs, gs);
  }
  start_case(frame);
}

// The kernel leaves AC, NT and ID as the program had them, and would give them to the next one.
void silicon_handler(int, siginfo_t *, void *);
__asm__(
    ".text\n.globl silicon_handler\n.hidden silicon_handler\nsilicon_handler:\n"
    "pushfq\n andl $~0x244000, (%rsp)\n popfq\n jmp silicon_handle\n");
__attribute__((used)) void silicon_handle(int signal, siginfo_t *info, void *context) { handle(signal, info, context); }

// MARK: the pages

static void *map(uint64_t address, int pages, int protection, int file_page) {
  int fixed = address ? MAP_FIXED_NOREPLACE : 0;
  return mmap((void *)address, (size_t)pages * SILICON_PAGE, protection, MAP_SHARED | MAP_POPULATE | fixed, child.file,
              (off_t)file_page * SILICON_PAGE);
}

static const int matrix[SILICON_MATRIX_PAGES] = {
    PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC,
};

static bool map_matrix(void) {
  uint8_t *page = map(0, 1, PROT_READ | PROT_WRITE, SILICON_FILE_MATRIX);
  if (page == MAP_FAILED) return false;
  page[0] = 0xc3;
  for (uint64_t i = 0; i < SILICON_MATRIX_PAGES; i++)
    if (map(SILICON_MATRIX + i * SILICON_PAGE, 1, matrix[i], SILICON_FILE_MATRIX) == MAP_FAILED) return false;
  return true;
}

static bool map_pages(void) {
  const int data = PROT_READ | PROT_WRITE, code = PROT_READ | PROT_EXEC;
  child.code = map(0, 2, data, 0);
  child.writable = map(0, SILICON_WRITABLE_PAGES, data, SILICON_FILE_WRITABLE);
  if (child.code == MAP_FAILED || child.writable == MAP_FAILED) return false;
  memset(child.code, 0xcc, 2 * SILICON_PAGE);
  return map_matrix() && map(SILICON_CODE, 2, code, 0) != MAP_FAILED &&
         map(SILICON_DATA, SILICON_DATA_PAGES, data, SILICON_FILE_WRITABLE) != MAP_FAILED &&
         map(SILICON_READ_ONLY, 1, PROT_READ, SILICON_FILE_READ_ONLY) != MAP_FAILED &&
         map(SILICON_KEYED, SILICON_KEYED_PAGES, data | PROT_EXEC, SILICON_FILE_WRITABLE + SILICON_DATA_PAGES) != MAP_FAILED &&
         map(SILICON_KEYED_READ_ONLY, SILICON_KEYED_PAGES, code, SILICON_FILE_KEYED_READ_ONLY) != MAP_FAILED;
}

static void use_keys(void) {
  silicon_batch *b = child.batch;
  for (int i = 0; i < SILICON_KEYED_PAGES; i++) {
    int key = pkey_alloc(0, 0);
    if (key <= 0) return;
    b->keys[i] = (uint32_t)key;
    if (pkey_mprotect((void *)(SILICON_KEYED + (uint64_t)i * SILICON_PAGE), SILICON_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, key) ||
        pkey_mprotect((void *)(SILICON_KEYED_READ_ONLY + (uint64_t)i * SILICON_PAGE), SILICON_PAGE, PROT_READ | PROT_EXEC, key))
      return;
  }
  for (uint64_t i = 0; i < SILICON_MATRIX_PAGES; i++)
    if (pkey_mprotect((void *)(SILICON_MATRIX + i * SILICON_PAGE), SILICON_PAGE, matrix[i], (int)b->keys[0])) return;
  // Leaf 0DH, subleaf 9: where the XSAVE area holds PKRU.
  uint32_t a = 13, place, c = 9, d;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(place), "+c"(c), "=d"(d));
  child.pkru_offset = place;
  b->has_keys = place != 0;
}

// A file with a program is no program that its reader wants to run: what comes from the programs' pages does not reach the kernel,
// by whichever instruction.
static bool refuse_calls_of_programs(void) {
  enum { FIRST = (int)SILICON_CODE, END = (int)(SILICON_MATRIX + SILICON_MATRIX_PAGES * SILICON_PAGE) };
  const uint32_t place = offsetof(struct seccomp_data, instruction_pointer);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, place + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, place),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST, 0, 1),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, END, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void silicon_child(silicon_batch *batch, int file) {
  static uint8_t stack[1 << 16] __attribute__((aligned(64)));
  child.batch = batch;
  child.file = file;
  child.program = UINT32_MAX;
  if (!map_pages()) return;
  use_keys();
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&alternate, NULL)) return;
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
  action.sa_sigaction = silicon_handler;
  sigfillset(&action.sa_mask);
  const int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP, SIGVTALRM, SIGSYS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (sigaction(signals[i], &action, NULL)) return;
  if (!refuse_calls_of_programs()) return;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  struct itimerval tick = {{0, TICK_US}, {0, TICK_US}};
  setitimer(ITIMER_VIRTUAL, &tick, NULL);
  __atomic_store_n(&batch->ready, 1, __ATOMIC_RELEASE);
  call_kernel(SYS_futex, (long)&batch->ready, FUTEX_WAKE, 1, 0);
  __asm__ volatile("int3");
}

#else

void silicon_child(silicon_batch *batch, int file) { (void)batch, (void)file; }

#endif
