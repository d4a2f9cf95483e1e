// Where the library gives up, and how its frames are left.
#define _GNU_SOURCE  // the registers in a signal's frame

#include "guard.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "engine.h"
#include "host_units.h"
#include "guard_frame.h"

_Thread_local seams_guard_frame *seams_guard_innermost;

// What the library printed last: the reason that it gives before it aborts.
static _Thread_local char said[256];

// Set while a broken engine is looked at: what fails there is not worth another word.
static _Thread_local sigjmp_buf *looking;

static bool in_library(void) { return seams_guard_innermost && seams_guard_innermost->callbacks == 0; }

// MARK: the guest's place

// The library's own search for the block that translated code belongs to; NULL for any other address.
void *tcg_tb_lookup_x86_64(void *tcg, uintptr_t code);

// Takes the guest's registers back to the instruction that translated code was executing when it called what lies on the
// stack from `stack` on: the first word that points into translated code is the call's return address.
static void find_instruction(seams_engine *e, uintptr_t code, const uintptr_t *stack, const void *end) {
  enum { WORDS_MAX = 4096, RETURN_ADJUSTMENT = 2 };  // the library takes 2 from a return address
  uintptr_t place = code && tcg_tb_lookup_x86_64(e->tcg, code) ? code + RETURN_ADJUSTMENT : 0;
  for (int i = 0; !place && i < WORDS_MAX && (const void *)(stack + i) < end; i++)
    if (tcg_tb_lookup_x86_64(e->tcg, stack[i])) place = stack[i];
  if (!place) return;
  cpu_restore_state_x86_64(e->cpu, place, true);
  e->in_instruction = false;  // it is not counted any more
}

// As many bytes of the guest's code at a linear address as its TLB leads to, without a page walk, which would be seen.
static size_t code_bytes(const seams_engine *e, uint64_t address, uint8_t *out, size_t count) {
  size_t found = 0;
  for (; found < count; found++, address++) {
    const translation_cache *cache = &e->fetch_cache;
    const seams_translation *page = NULL;
    for (uint32_t i = 0; i < cache->capacity && !page; i++)
      if (cache->slots[i].virtual_page == (address >> 12) + 1 && cache->slots[i].translation.page_bytes)
        page = &cache->slots[i].translation;
    if (!page || page->physical_page + (address & 0xfff) >= e->ram_bytes) break;
    out[found] = e->ram[page->physical_page + (address & 0xfff)];
  }
  return found;
}

__attribute__((format(printf, 2, 3)))
static void append(char *text, const char *format, ...) {
  size_t length = strlen(text), capacity = sizeof((seams_guard *)0)->failure;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + length, capacity - length, format, arguments);
  va_end(arguments);
}

void seams_guard_note(seams_engine *e, const char *what) {
  enum { CS = 1, BYTES = 16 };
  seams_guard *guard = &e->guard;
  guard->failure[0] = 0;
  size_t length = strlen(said);
  while (length > 0 && said[length - 1] == '\n') said[--length] = 0;
  append(guard->failure, "%s%s%s", said, length ? "; " : "", what);
  said[0] = 0;
  if (!e->env) return;
  uint64_t base = FIELD(uint64_t, e->env, ENV_SEGS + CS * SEGMENT_BYTES + 8), rip = FIELD(uint64_t, e->env, ENV_EIP);
  uint8_t bytes[BYTES];
  size_t count = code_bytes(e, base + rip, bytes, sizeof bytes);
  append(guard->failure, "; the guest is at 0x%llx%s, the bytes there are", (unsigned long long)rip,
         guard->translating ? ", in a block that was being translated" : "");
  for (size_t i = 0; i < count; i++) append(guard->failure, " %02x", bytes[i]);
  if (count == 0) append(guard->failure, " not mapped");
}

// Ends the engine. `code` and `stack` are where the library was, as far as that is known.
static void note_place(seams_guard_frame *frame, const char *what, uintptr_t code, const uintptr_t *stack) {
  seams_engine *e = frame->engine;
  e->guard.broken = true;
  sigjmp_buf give_up;
  looking = &give_up;
  if (e->tcg && sigsetjmp(give_up, 0) == 0) {
    if (e->guard.translating)
      FIELD(uint64_t, e->env, ENV_EIP) = e->guard.block - e->guard.code_base;
    else
      find_instruction(e, code, stack, frame);
  }
  if (sigsetjmp(give_up, 0) == 0) seams_guard_note(e, what);
  looking = NULL;
}

_Noreturn void __real_abort(void);

__attribute__((noinline)) _Noreturn void seams_guard_leave(const char *what) {
  seams_guard_frame *frame = seams_guard_innermost;
  if (!frame) __real_abort();
  if (looking) siglongjmp(*looking, 1);
  note_place(frame, what, 0, __builtin_frame_address(0));
  siglongjmp(frame->leave, 1);
}

// MARK: the library's own ways out

// --wrap replaces these in every object of the program, so each passes on what does not come from the library.
_Noreturn void __wrap_abort(void) {
  if (in_library()) seams_guard_leave("it aborted");
  __real_abort();
}

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status) {
  if (in_library()) seams_guard_leave("it wanted to end the process");
  __real_exit(status);
}

static _Noreturn void leave_assertion(const char *file, int line, const char *expression) {
  snprintf(said, sizeof said, "%s:%d: %s", file, line, expression ? expression : "this was thought to be out of reach");
  seams_guard_leave("an assertion failed");
}

_Noreturn void __real___assert_fail(const char *expression, const char *file, unsigned line, const char *function);
_Noreturn void __wrap___assert_fail(const char *expression, const char *file, unsigned line, const char *function) {
  if (in_library()) leave_assertion(file, (int)line, expression);
  __real___assert_fail(expression, file, line, function);
}

_Noreturn void __real_g_assertion_message_expr(const char *file, int line, const char *expression);
_Noreturn void __wrap_g_assertion_message_expr(const char *file, int line, const char *expression) {
  if (in_library()) leave_assertion(file, line, expression);
  __real_g_assertion_message_expr(file, line, expression);
}

// MARK: the library's words

static bool is_heard(const FILE *stream) { return in_library() && (stream == stderr || stream == stdout); }

int __wrap___fprintf_chk(FILE *stream, int flag, const char *format, ...) {
  (void)flag;
  va_list arguments;
  va_start(arguments, format);
  int count = is_heard(stream) ? vsnprintf(said, sizeof said, format, arguments) : vfprintf(stream, format, arguments);
  va_end(arguments);
  return count;
}

size_t __real_fwrite(const void *bytes, size_t size, size_t count, FILE *stream);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t count, FILE *stream) {
  if (!is_heard(stream)) return __real_fwrite(bytes, size, count, stream);
  size_t kept = size * count < sizeof said - 1 ? size * count : sizeof said - 1;
  memcpy(said, bytes, kept);
  said[kept] = 0;
  return count;
}

// MARK: translation

void *__real_tb_gen_code_x86_64(void *cpu, uint64_t pc, uint64_t code_base, uint32_t flags, int cflags);
void *__wrap_tb_gen_code_x86_64(void *cpu, uint64_t pc, uint64_t code_base, uint32_t flags, int cflags) {
  seams_engine *e = seams_current;
  e->guard.block = pc;
  e->guard.code_base = code_base;
  e->guard.translating = true;  // a fetch that faults leaves from here; `exception` clears it then
  seams_planted_translation(pc);
  void *block = __real_tb_gen_code_x86_64(cpu, pc, code_base, flags, cflags);
  e->guard.translating = false;
  if (!seams_note_block(e, block)) seams_guard_leave("libunicorn keeps its translated code in another way than Debian's 2.0.1.post1");
  return block;
}

// MARK: signals

static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { CAUGHT = sizeof caught / sizeof *caught };
static struct sigaction previous[CAUGHT];

static const char *name_of(int signal) {
  switch (signal) {
    case SIGSEGV: return "it accessed memory that it does not have (SIGSEGV)";
    case SIGBUS: return "it accessed memory that is not there (SIGBUS)";
    case SIGFPE: return "it computed what cannot be computed (SIGFPE)";
    case SIGILL: return "it executed an invalid instruction (SIGILL)";
    default: return "the C library found its memory damaged (SIGABRT)";
  }
}

// Whether this thread did it: another process's signals are no failure of the library.
static bool is_own(int signal, const siginfo_t *information) {
  return signal == SIGABRT ? information->si_code <= 0 && information->si_pid == getpid() : information->si_code > 0;
}

// Not the library's: as if there were no guard.
static void pass_on(int signal, siginfo_t *information, void *context) {
  const struct sigaction *before = previous;
  for (int i = 0; i < CAUGHT && caught[i] != signal; i++) before++;
  if (before->sa_flags & SA_SIGINFO)
    before->sa_sigaction(signal, information, context);
  else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN)
    before->sa_handler(signal);
  else {
    sigaction(signal, before, NULL);  // what the CPU raised is raised again on return
    if (information->si_code <= 0) raise(signal);
  }
}

static void on_signal(int signal, siginfo_t *information, void *context) {
  if (looking) siglongjmp(*looking, 1);
  if (in_library() && is_own(signal, information)) {
    seams_guard_frame *frame = seams_guard_innermost;
    const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;
    note_place(frame, name_of(signal), (uintptr_t)registers[REG_RIP], (const uintptr_t *)registers[REG_RSP]);
    siglongjmp(frame->leave, 1);
  }
  pass_on(signal, information, context);
}

static void catch_signals(void) {
  // SA_NODEFER: the handler leaves by a jump, which restores no mask.
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  for (int i = 0; i < CAUGHT; i++) sigaction(caught[i], &action, &previous[i]);
}

// A stack of their own for the handlers, in case the library's overflows.
enum { SIGNAL_STACK_BYTES = 1 << 16 };
static pthread_key_t signal_stack;

static void release_signal_stack(void *stack) {
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  munmap(stack, SIGNAL_STACK_BYTES);
}

static void prepare_process(void) {
  pthread_key_create(&signal_stack, release_signal_stack);
  catch_signals();
}

static void prepare_thread(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static _Thread_local bool is_prepared;
  if (is_prepared) return;
  is_prepared = true;
  pthread_once(&once, prepare_process);
  stack_t present;
  if (sigaltstack(NULL, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
  void *stack = mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return;
  stack_t own = {.ss_sp = stack, .ss_size = SIGNAL_STACK_BYTES};
  if (sigaltstack(&own, NULL) == 0 && pthread_setspecific(signal_stack, stack) == 0) return;
  release_signal_stack(stack);
}

// MARK: the frame

bool seams_guarded(seams_engine *e, void (*work)(seams_engine *, void *), void *argument) {
  if (e->guard.broken) return false;
  prepare_thread();
  seams_guard_frame frame = {.outer = seams_guard_innermost, .engine = e};
  seams_engine *outer = seams_current;
  seams_guard_innermost = &frame;
  seams_current = e;
  said[0] = 0;
  if (sigsetjmp(frame.leave, 0) == 0) {
    work(e, argument);
    seams_take_units_back(e);
  } else {
    seams_reset_units(e);
  }
  seams_current = outer;
  seams_guard_innermost = frame.outer;
  return !e->guard.broken;
}
