// The parent's side: the child's life, and what they share.

#define _GNU_SOURCE
#include "include/silicon.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <CChildren.h>

#include "child.h"

struct silicon {
  silicon_batch *batch;
  int file;  // the pages that programs see
  pid_t child;
  uint32_t restarts;
};

#if defined(__x86_64__) && defined(__linux__)

static long futex(uint32_t *word, int operation, uint32_t value, const struct timespec *timeout) {
  return syscall(SYS_futex, word, operation, value, timeout, NULL, 0);
}

static void end_child(silicon *s) {
  if (s->child <= 0) return;
  kill(s->child, SIGKILL);
  while (waitpid(s->child, NULL, 0) < 0 && errno == EINTR) {}
  s->child = 0;
}

static bool has_died(silicon *s) {
  int status;
  if (waitpid(s->child, &status, WNOHANG) != s->child) return false;
  s->child = 0;
  return true;
}

// True when `word` is no longer `old`, false when the child is gone.
static bool wait_for_change(silicon *s, uint32_t *word, uint32_t old) {
  const struct timespec slice = {0, 20 * 1000 * 1000};
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == old) {
    futex(word, FUTEX_WAIT, old, &slice);
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == old && has_died(s)) return false;
  }
  return true;
}

static int run_child(void *context) {
  silicon *s = context;
  silicon_child(s->batch, s->file);
  return 2;
}

static bool launch(silicon *s, const char **reason) {
  s->batch->ready = 0;
  if (children_fork(run_child, s, &s->child) != 0) {
    s->child = 0;
    *reason = "a child process cannot be started";
    return false;
  }
  if (wait_for_change(s, &s->batch->ready, 0)) return true;
  *reason = "the child process ended before its first program: the pages at 0x10000000 cannot be had";
  return false;
}

silicon *silicon_start(const char **reason) {
  silicon *s = calloc(1, sizeof *s);
  *reason = "out of memory";
  if (!s) return NULL;
  s->file = memfd_create("silicon", MFD_CLOEXEC);
  s->batch = mmap(NULL, sizeof *s->batch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (s->batch == MAP_FAILED) s->batch = NULL;
  if (s->batch && s->file >= 0 && ftruncate(s->file, SILICON_FILE_BYTES) == 0 && launch(s, reason)) return s;
  silicon_stop(s);
  return NULL;
}

void silicon_stop(silicon *s) {
  end_child(s);
  if (s->batch) munmap(s->batch, sizeof *s->batch);
  if (s->file >= 0) close(s->file);
  free(s);
}

void silicon_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
}

void silicon_submit(silicon *s, uint32_t count) {
  s->batch->case_count = count < SILICON_CASES ? count : SILICON_CASES;
  s->batch->at = 0;
  __atomic_add_fetch(&s->batch->submitted, 1, __ATOMIC_RELEASE);
  futex(&s->batch->submitted, FUTEX_WAKE, 1, NULL);
}

bool silicon_wait(silicon *s, const char **reason) {
  silicon_batch *b = s->batch;
  while (!wait_for_change(s, &b->completed, b->submitted - 1)) {
    // The case that ran is the one that ended it.
    if (b->at < b->case_count) b->cases[b->at].end = (silicon_end){.vector = SILICON_LOST};
    b->at++;
    s->restarts++;
    if (!launch(s, reason)) return false;
  }
  return true;
}

#else

silicon *silicon_start(const char **reason) {
  *reason = "this host is not Linux on x86-64";
  return NULL;
}
void silicon_stop(silicon *s) { (void)s; }
void silicon_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  (void)leaf, (void)subleaf;
  memset(out, 0, 4 * sizeof *out);
}
void silicon_submit(silicon *s, uint32_t count) { (void)s, (void)count; }
bool silicon_wait(silicon *s, const char **reason) {
  (void)s;
  *reason = "this host is not Linux on x86-64";
  return false;
}

#endif

uint32_t silicon_restarts(const silicon *s) { return s->restarts; }
uint32_t silicon_key(const silicon *s, uint32_t page) { return s->batch->has_keys ? s->batch->keys[page % SILICON_KEYED_PAGES] : 0; }
uint8_t *silicon_program(silicon *s, uint32_t index) { return s->batch->programs[index % SILICON_PROGRAMS]; }
uint8_t *silicon_memory(silicon *s, uint32_t index) { return s->batch->memories[index % SILICON_MEMORIES]; }
silicon_case *silicon_case_at(silicon *s, uint32_t index) { return &s->batch->cases[index % SILICON_CASES]; }
const uint8_t *silicon_final_memory(const silicon *s, uint32_t index) { return s->batch->finals[index % SILICON_CASES]; }
