// Creation, the run loop, and what is done between two instructions.

#include "emit.h"
#include "known_forms.h"
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Features that the translator looks at. The library's reset takes most away; these are the ones that work.
static void announce_features(void *env) {
  uint64_t *features = (uint64_t *)((uint8_t *)env + ENV_FEATURES);
  features[FEAT_1_EDX] = 1u << 0 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 8 | 1u << 9 | 1u << 13 | 1u << 15 | 1u << 16 |
                         1u << 19 | 1u << 23 | 1u << 24 | 1u << 25 | 1u << 26;
  features[FEAT_1_ECX] = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 22 | 1u << 23 | 1u << 30;
  features[FEAT_7_0_EBX] = 1u << 0 | 1u << 3 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 18 | 1u << 19 | 1u << 20 | 1u << 23;
  features[FEAT_7_0_ECX] = 1u << 3;
  features[FEAT_7_0_EDX] = 0;
  features[FEAT_8000_0001_EDX] = 1u << 11 | 1u << 20 | 1u << 26 | 1u << 27 | 1u << 29;
  features[FEAT_8000_0001_ECX] = 1u << 0 | 1u << 4 | 1u << 5;
}

// MARK: between two instructions

// Makes the run come back when `count` instructions are retired, for work that the caller does not see.
static void interrupt_run_at(seams_engine *e, uint64_t count) {
  if (!e->is_interrupted) {
    e->is_interrupted = true;
    e->resume_horizon = e->horizon;
  }
  e->countdown += (int64_t)(count - e->horizon);
  e->horizon = count;
}

// After the current instruction.
static void interrupt_run(seams_engine *e) {
  bool outer = e->in_instruction;
  e->in_instruction = true;
  interrupt_run_at(e, seams_retired(e) + 1);
  e->in_instruction = outer;
}

void seams_interrupt_now(seams_engine *e) { interrupt_run_at(e, seams_retired(e)); }

void seams_trap_after(seams_engine *e, uint32_t hits, uintptr_t ra) {
  if (ra) seams_require_last(e, ra);
  e->pending_hits |= hits;
  interrupt_run(e);
}

void seams_flush_blocks_later(seams_engine *e) {
  e->flush_blocks = true;
  if (seams_current == e) interrupt_run(e);
}

// Outside of translated code, which is forgotten with the forms that it refers to.
static void flush_if_asked(seams_engine *e) {
  if (!e->flush_blocks) return;
  e->flush_blocks = false;
  tb_flush_x86_64(e->cpu);
  seams_forget_forms(e);
}

void seams_end_interruption(seams_engine *e) {
  if (!e->is_interrupted) return;
  e->is_interrupted = false;
  e->countdown += (int64_t)(e->resume_horizon - e->horizon);
  e->horizon = e->resume_horizon;
}

// True if the run goes on.
static bool finish_interruption(seams_engine *e) {
  if (!e->is_interrupted) return false;
  seams_end_interruption(e);
  flush_if_asked(e);
  seams_report_hits(e);
  if (seams_debug_shadow(e)) {
    e->held_hits |= e->pending_hits;
    e->pending_hits = 0;
  } else if (e->pending_hits | e->held_hits) {
    seams_note_waiting_hits(e);
    e->injected = INJECTED_DEBUG_TRAP;
  }
  return e->countdown > 0 || e->injected >= 0;
}

// MARK: creation

void *__real_memory_mapping(void *uc, uint64_t address);
void __real_tcg_exec_init_x86_64(void *uc, unsigned long code_bytes);

// The library would reserve a GiB for translated code and fill it before it forgets any. When this much is full, all of
// it is forgotten and translated anew, which changes nothing but the time that a run takes.
enum { CODE_BYTES_MAX = 64 << 20 };

void __wrap_tcg_exec_init_x86_64(void *uc, unsigned long code_bytes) {
  (void)code_bytes;
  __real_tcg_exec_init_x86_64(uc, CODE_BYTES_MAX);
}

// The library asks for huge pages for all of that, and the kernel clears the first one, 2 MiB, as soon as a byte of it is written: half of
// what an engine takes to be made. Where small pages begin, others follow one by one; when they are in use, the kernel may still
// join them.
void __real_tcg_prologue_init_x86_64(void *tcg);
void __wrap_tcg_prologue_init_x86_64(void *tcg) {
  void *page = (void *)(FIELD(uintptr_t, tcg, TCG_CODE_BUFFER) & ~(uintptr_t)4095);
  bool is_small = madvise(page, 4096, MADV_NOHUGEPAGE) == 0;
  __real_tcg_prologue_init_x86_64(tcg);
  if (is_small) madvise(page, 4096, MADV_HUGEPAGE);
}

// The library never notes that its one region of translated code is in use. When it is full for the first time, it would
// be handed out a second time while blocks in it are still to be found and executed; noted, it is given up first.
static bool note_region_in_use(void *tcg) {
  bool as_measured = FIELD(uint64_t, tcg, TCG_REGION_COUNT) == 1 && FIELD(uint64_t, tcg, TCG_REGION_CURRENT) == 0;
  if (as_measured) FIELD(uint64_t, tcg, TCG_REGION_CURRENT) = 1;
  return as_measured;
}

// The library's translator looks for a stop request after each access to memory, which ends TCG's basic block and so sends
// every register to memory. No stop is ever asked for there: devices end their blocks, and the countdown at the head of
// each block does the rest (count.c). The switch is meant for blocks of ARM code that must not be left in their middle.
static void leave_out_stop_checks(uc_engine *uc) { FIELD(bool, uc, UC_NO_EXIT_REQUEST) = true; }

static const char *probe_layout(seams_engine *e) {
  uint64_t marker = 0x5eab0a7e11223344, rip = 0x123456789a, cr3 = 0x7654000;
  uc_reg_write(e->uc, UC_X86_REG_RCX, &marker);
  uc_reg_write(e->uc, UC_X86_REG_CR3, &cr3);
  uc_reg_write(e->uc, UC_X86_REG_RIP, &rip);
  bool as_measured = FIELD(uint64_t, e->env, ENV_REGS + 8) == marker && FIELD(uint64_t, e->env, ENV_CR + 24) == cr3 &&
                     FIELD(uint64_t, e->env, ENV_EIP) == rip && FIELD(uint32_t, e->cpu, CPU_CFLAGS_NEXT_TB) == UINT32_MAX &&
                     FIELD(void *, e->cpu, CPU_UC) == (void *)e->uc && uc_context_size(e->uc) == 5544 &&
                     !FIELD(bool, e->uc, UC_NO_EXIT_REQUEST) && FIELD(bool, e->uc, UC_NO_EXIT_REQUEST + 1);
  return as_measured ? NULL : "libunicorn's internal layout is not the one of Debian's 2.0.1.post1";
}

static const char *create(seams_engine *e) {
  unsigned major = 0, minor = 0;
  uc_version(&major, &minor);
  if (major != 2 || minor != 0) return "the linked libunicorn is not version 2.0.1";
  if (uc_open(UC_ARCH_X86, UC_MODE_64, &e->uc)) return "libunicorn cannot be opened";
  if (uc_ctl_set_cpu_model(e->uc, UC_CPU_X86_SKYLAKE_SERVER)) return "libunicorn refuses the CPU model";
  if (uc_mem_map_ptr(e->uc, 0, e->ram_bytes, UC_PROT_ALL, e->ram)) return "libunicorn cannot map the guest's RAM";
  uint64_t device_bytes = ((uint64_t)1 << 40) - e->ram_bytes;
  if (uc_mmio_map(e->uc, e->ram_bytes, device_bytes, seams_on_device_read, e, seams_on_device_write, e))
    return "libunicorn cannot map the device addresses";
  uc_ctl_exits_enable(e->uc);
  uc_hook hook;
  if (uc_hook_add(e->uc, &hook, UC_HOOK_INTR, (void *)seams_on_exception, e, 1, 0) ||
      uc_hook_add(e->uc, &hook, UC_HOOK_INSN_INVALID, (void *)seams_on_invalid_opcode, e, 1, 0))
    return "libunicorn refuses a hook";
  e->cpu = FIELD(void *, e->uc, UC_CPU);
  e->env = (uint8_t *)e->cpu + CPU_ENV;
  e->tcg = FIELD(void *, e->uc, UC_TCG_CONTEXT);
  e->ram_region = __real_memory_mapping(e->uc, 0);
  seams_watch_alignment(e);
  const char *difference = probe_layout(e);
  if (difference) return difference;
  if (!note_region_in_use(e->tcg)) return "libunicorn keeps its translated code in another way than Debian's 2.0.1.post1";
  leave_out_stop_checks(e->uc);
  announce_features(e->env);
  FIELD(uint32_t, e->env, ENV_HFLAGS2) |= 1;  // the global interrupt flag of SVM: always set
  return NULL;
}

static void create_in_library(seams_engine *e, void *reason) { *(const char **)reason = create(e); }

seams_engine *seams_create(const seams_callbacks *callbacks, void *ram, uint64_t ram_bytes, uint64_t *dirty_pages,
                           uint64_t *code_pages, const char **reason, bool *gave_up) {
  *gave_up = false;
  seams_engine *e = calloc(1, sizeof *e);
  *reason = "out of memory";
  if (!e) return NULL;
  seams_guard_callbacks(e, callbacks);
  e->ram = ram;
  e->ram_bytes = ram_bytes;
  e->dirty = dirty_pages;
  e->holds_code = code_pages;
  e->injected = -1;
  e->wrong_page = UINT64_MAX;
  if (seams_cache_reserve(e) && !seams_guarded(e, create_in_library, reason)) {
    static _Thread_local char failure[sizeof e->guard.failure];
    memcpy(failure, e->guard.failure, sizeof failure);
    *reason = failure;
    *gave_up = true;
  }
  if (!*reason) return e;
  seams_destroy(e);
  return NULL;
}

static void close_in_library(seams_engine *e, void *unused) {
  (void)unused;
  uc_close(e->uc);
}

void seams_destroy(seams_engine *e) {
  if (e->uc) seams_guarded(e, close_in_library, NULL);
  if (seams_current == e) seams_current = NULL;
  seams_cache_release(e);
  seams_forget_forms(e);
  free(e->breakpoints);
  seams_release_watches(e);
  seams_profile_release(e);
  free(e);
}

// MARK: running

static void run_in_library(seams_engine *e, void *unused) {
  (void)unused;
  uc_err error;
  bool goes_on;
  flush_if_asked(e);
  do {
    e->again = e->stop_asked = false;
    // The caller's horizon may have come between MOV SS and the instruction that ends its shadow.
    if (e->held_hits && !e->is_interrupted && e->countdown > 0) interrupt_run_at(e, seams_retired(e) + 1);
    error = uc_emu_start(e->uc, FIELD(uint64_t, e->env, ENV_EIP), 0, 0, 0);
    goes_on = e->again && !e->stop_asked;
    if (error == UC_ERR_OK && e->stop == SEAMS_STOP_HORIZON && e->stop_asked) goes_on = finish_interruption(e);
  } while (error == UC_ERR_OK && goes_on && e->stop == SEAMS_STOP_HORIZON);
  bool has_reason = e->stop_asked || e->stop != SEAMS_STOP_HORIZON;
  if (error == UC_ERR_OK && has_reason) return;
  e->stop = SEAMS_STOP_ERROR;
  seams_guard_note(e, error == UC_ERR_OK ? "it came back without a reason" : uc_strerror(error));
}

seams_stop seams_run(seams_engine *e) {
  e->stop = SEAMS_STOP_HORIZON;
  if (!seams_guarded(e, run_in_library, NULL)) e->stop = SEAMS_STOP_ERROR;
  return e->stop;
}

const char *seams_error_text(const seams_engine *e) { return e->guard.failure; }

void seams_inject_interrupt(seams_engine *e, uint8_t vector) {
  e->injected = vector;
  e->injected_nmi = false;
}

void seams_inject_nmi(seams_engine *e) {
  e->injected = VECTOR_NMI;
  e->injected_nmi = true;
}

void seams_want_interrupt_window(seams_engine *e, bool wanted) { e->want_window = wanted; }
void seams_want_nmi_window(seams_engine *e, bool wanted) { e->want_nmi_window = wanted; }
bool seams_nmi_blocked(const seams_engine *e) { return FIELD(uint32_t, e->env, ENV_HFLAGS2) & HF2_NMI_MASK; }
bool seams_interrupt_shadow(const seams_engine *e) { return FIELD(uint32_t, e->env, ENV_HFLAGS) & HF_INHIBIT_IRQ_MASK; }
bool seams_debug_shadow(const seams_engine *e) { return seams_interrupt_shadow(e) && e->sti_end != seams_retired(e); }
