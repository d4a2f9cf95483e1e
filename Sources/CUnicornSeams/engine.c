// Creation, the run loop, and the delivery of exceptions and interrupts by the library's own code.

#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INJECTED = 0x200, VECTOR_DB = 1, VECTOR_NMI = 2, VECTOR_UD = 6, VECTOR_TS = 10, VECTOR_PF = 14 };

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

// MARK: exceptions

// #DB, #BP, #OF, #DF and #MC are no faults.
static bool is_fault(uint32_t vector) {
  return vector != VECTOR_DB && vector != 3 && vector != 4 && vector != 8 && vector != 18;
}

// The flags that a fault pushes have RF, so that a breakpoint on the instruction does not hit twice; those of other
// exceptions and interrupts have not (SDM vol. 3, 18.3.1.1). The library keeps a RF that IRET loaded for too long.
static void set_resume_flag(seams_engine *e, bool is_set) {
  uint64_t flags = FIELD(uint64_t, e->env, ENV_EFLAGS) & ~(uint64_t)RESUME_FLAG;
  FIELD(uint64_t, e->env, ENV_EFLAGS) = flags | (is_set ? RESUME_FLAG : 0);
}

// The library loads a null SS whenever the IST switches stacks. In 64-bit mode that happens only when the privilege level
// changes with it (SDM vol. 3, 6.14.4).
typedef struct {
  uint8_t ss[SEGMENT_BYTES];
  uint32_t hidden_flags;
} stack_segment;

static void *ss_of(seams_engine *e) { return (uint8_t *)e->env + ENV_SEGS + 2 * SEGMENT_BYTES; }

static stack_segment note_stack_segment(seams_engine *e) {
  stack_segment noted = {.hidden_flags = FIELD(uint32_t, e->env, ENV_HFLAGS)};
  memcpy(noted.ss, ss_of(e), sizeof noted.ss);
  return noted;
}

static void keep_stack_segment(seams_engine *e, const stack_segment *noted) {
  enum { SS32_AND_ADDSEG = 3 << 5 };
  uint32_t flags = FIELD(uint32_t, e->env, ENV_HFLAGS);
  if (!(FIELD(uint64_t, e->env, ENV_EFER) >> 10 & 1) || ((flags ^ noted->hidden_flags) & HF_CPL_MASK)) return;
  memcpy(ss_of(e), noted->ss, sizeof noted->ss);
  FIELD(uint32_t, e->env, ENV_HFLAGS) = (flags & ~SS32_AND_ADDSEG) | (noted->hidden_flags & SS32_AND_ADDSEG);
}

static void deliver(seams_engine *e, uint32_t vector, bool is_software) {
  stack_segment noted = note_stack_segment(e);
  e->delivering = true;
  e->delivering_int = is_software;
  seams_forget_lifted_rights(e);
  set_resume_flag(e, !is_software && is_fault(vector));
  x86_cpu_do_interrupt_x86_64(e->cpu);  // may fault itself: then the library comes back to on_exception
  e->delivering = e->delivering_int = false;
  keep_stack_segment(e, &noted);
}

static void raise(seams_engine *e, uint32_t vector) {
  bool is_software = FIELD(int, e->env, ENV_EXCEPTION_IS_INT) != 0;
  // A block that ended in a fault without a record of its position has counted the faulting instruction.
  if (!e->restored && !e->fetch_fault && !e->delivering && !is_software && vector != VECTOR_DB) e->countdown++;
  // An INT whose delivery faults has not retired: the fault's return address is the INT.
  if (e->delivering_int) e->countdown++;
  e->restored = e->fetch_fault = e->delivering = e->delivering_int = false;
  if (is_software) FIELD(uint64_t, e->env, ENV_EIP) = e->interrupt_eip;
  e->call.exception(e->call.context, vector, FIELD(uint32_t, e->env, ENV_ERROR_CODE),
                    vector == VECTOR_PF ? FIELD(uint64_t, e->env, ENV_CR + 16) : 0);
  deliver(e, vector, is_software);
}

static void on_exception(uc_engine *uc, uint32_t vector, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  if (vector < INJECTED) {
    raise(e, vector);
    return;
  }
  e->call.interrupt(e->call.context, vector - INJECTED);
  // An NMI blocks further ones until the next IRET (SDM volume 3, 6.7.1), which the library ends by clearing this flag.
  if (e->injected_nmi) FIELD(uint32_t, e->env, ENV_HFLAGS2) |= HF2_NMI_MASK;
  e->injected_nmi = false;
  e->restored = e->fetch_fault = false;
  stack_segment noted = note_stack_segment(e);
  e->delivering = true;
  seams_forget_lifted_rights(e);
  set_resume_flag(e, false);
  do_interrupt_x86_hardirq_x86_64(e->env, (int)vector - INJECTED, 1);
  e->delivering = false;
  keep_stack_segment(e, &noted);
}

// The library leaves its loop after an invalid opcode; the exception is delivered first, and the run goes on.
static bool on_invalid_opcode(uc_engine *uc, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  e->again = true;
  raise(e, VECTOR_UD);
  return true;
}

// A third fault: the library asks for a reset.
void __wrap_qemu_system_reset_request(void *uc) {
  (void)uc;
  seams_current->stop = SEAMS_STOP_SHUTDOWN;
  seams_stop_here(seams_current);
}

// The library ends the process where it wants a stack from a TSS and TR holds none; the CPU raises #TS (SDM volume 3,
// 6.12.1 and 6.15).
void __wrap_cpu_abort_x86_64(void *cpu, const char *format, ...) {
  (void)cpu, (void)format;
  if (!seams_current) abort();
  const void *tr = (uint8_t *)seams_current->env + ENV_TR;
  raise_exception_err_ra_x86_64(seams_current->env, VECTOR_TS, (int)(FIELD(uint32_t, tr, 0) & 0xfffc), 0);
}

int __real_cpu_exec_x86_64(void *uc, void *cpu);
int __wrap_cpu_exec_x86_64(void *uc, void *cpu) {
  seams_engine *e = seams_current;
  if (e->injected >= 0) {  // inside the loop, so that a fault while pushing has somewhere to go
    FIELD(int32_t, cpu, CPU_EXCEPTION_INDEX) = INJECTED + e->injected;
    FIELD(int, e->env, ENV_EXCEPTION_IS_INT) = 0;
    e->injected = -1;
  }
  return __real_cpu_exec_x86_64(uc, cpu);
}

// MARK: devices

// A device access must be the last instruction of its block, or the count and an interrupt's place would be off: if it
// is not, it is executed again in a block of its own, before the device has seen anything.
static void enter_device(seams_engine *e) {
  uintptr_t ra = FIELD(uintptr_t, e->cpu, CPU_MEM_IO_PC);
  e->overshoot = 1;
  e->peeking = true;
  cpu_restore_state_x86_64(e->cpu, ra, false);
  e->peeking = false;
  if (e->overshoot > 1) {
    e->countdown += e->overshoot;
    FIELD(uint32_t, e->cpu, CPU_CFLAGS_NEXT_TB) = 1;
    cpu_loop_exit_noexc_x86_64(e->cpu);
  }
  e->in_instruction = true;
}

static uint64_t on_device_read(uc_engine *uc, uint64_t offset, unsigned bytes, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  enter_device(e);
  uint64_t value = e->call.device_read(e->call.context, e->ram_bytes + offset, bytes);
  e->in_instruction = false;
  return value;
}

static void on_device_write(uc_engine *uc, uint64_t offset, unsigned bytes, uint64_t value, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  enter_device(e);
  e->call.device_write(e->call.context, e->ram_bytes + offset, bytes, value);
  e->in_instruction = false;
}

// MARK: creation

void *__real_memory_mapping(void *uc, uint64_t address);

static const char *probe_layout(seams_engine *e) {
  uint64_t marker = 0x5eab0a7e11223344, rip = 0x123456789a, cr3 = 0x7654000;
  uc_reg_write(e->uc, UC_X86_REG_RCX, &marker);
  uc_reg_write(e->uc, UC_X86_REG_CR3, &cr3);
  uc_reg_write(e->uc, UC_X86_REG_RIP, &rip);
  bool as_measured = FIELD(uint64_t, e->env, ENV_REGS + 8) == marker && FIELD(uint64_t, e->env, ENV_CR + 24) == cr3 &&
                     FIELD(uint64_t, e->env, ENV_EIP) == rip && FIELD(uint32_t, e->cpu, CPU_CFLAGS_NEXT_TB) == UINT32_MAX &&
                     FIELD(void *, e->cpu, CPU_UC) == (void *)e->uc && uc_context_size(e->uc) == 5544;
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
  if (uc_mmio_map(e->uc, e->ram_bytes, device_bytes, on_device_read, e, on_device_write, e))
    return "libunicorn cannot map the device addresses";
  uc_ctl_exits_enable(e->uc);
  uc_hook hook;
  if (uc_hook_add(e->uc, &hook, UC_HOOK_INTR, (void *)on_exception, e, 1, 0) ||
      uc_hook_add(e->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid_opcode, e, 1, 0))
    return "libunicorn refuses a hook";
  e->cpu = FIELD(void *, e->uc, UC_CPU);
  e->env = (uint8_t *)e->cpu + CPU_ENV;
  e->tcg = FIELD(void *, e->uc, UC_TCG_CONTEXT);
  e->ram_region = __real_memory_mapping(e->uc, 0);
  const char *difference = probe_layout(e);
  if (difference) return difference;
  announce_features(e->env);
  FIELD(uint32_t, e->env, ENV_HFLAGS2) |= 1;  // the global interrupt flag of SVM: always set
  return NULL;
}

seams_engine *seams_create(const seams_callbacks *callbacks, void *ram, uint64_t ram_bytes, uint64_t *dirty_pages,
                           uint64_t *code_pages, const char **reason) {
  seams_engine *e = calloc(1, sizeof *e);
  *reason = "out of memory";
  if (!e) return NULL;
  e->call = *callbacks;
  e->ram = ram;
  e->ram_bytes = ram_bytes;
  e->dirty = dirty_pages;
  e->holds_code = code_pages;
  e->injected = -1;
  seams_engine *outer = seams_current;
  seams_current = e;
  bool reserved = seams_cache_reserve(e);
  *reason = reserved ? create(e) : "out of memory";
  seams_current = outer;
  if (!*reason) return e;
  seams_destroy(e);
  return NULL;
}

void seams_destroy(seams_engine *e) {
  seams_engine *outer = seams_current;
  seams_current = e;
  if (e->uc) uc_close(e->uc);
  seams_current = outer == e ? NULL : outer;
  seams_cache_release(e);
  free(e->breakpoints);
  free(e);
}

// MARK: running

seams_stop seams_run(seams_engine *e) {
  seams_engine *outer = seams_current;
  seams_current = e;
  e->stop = SEAMS_STOP_HORIZON;
  e->stop_asked = false;
  do {
    e->again = false;
    e->error = uc_emu_start(e->uc, FIELD(uint64_t, e->env, ENV_EIP), 0, 0, 0);
  } while (e->error == UC_ERR_OK && e->again && !e->stop_asked && e->stop == SEAMS_STOP_HORIZON);
  if (e->error != UC_ERR_OK) e->stop = SEAMS_STOP_ERROR;
  seams_current = outer;
  return e->stop;
}

const char *seams_error_text(const seams_engine *e) { return uc_strerror(e->error); }

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

void seams_add_breakpoint(seams_engine *e, uint64_t address) {
  uint64_t *grown = realloc(e->breakpoints, (e->breakpoint_count + 1) * sizeof *grown);
  if (!grown) return;
  e->breakpoints = grown;
  e->breakpoints[e->breakpoint_count++] = address;
  tb_flush_x86_64(e->cpu);
}

bool seams_reported_breakpoint(const seams_engine *e, uint64_t *address) {
  *address = e->skip_breakpoint;
  return e->skip_armed;
}

void seams_set_reported_breakpoint(seams_engine *e, bool reported, uint64_t address) {
  e->skip_armed = reported;
  e->skip_breakpoint = address;
}

void seams_remove_breakpoint(seams_engine *e, uint64_t address) {
  for (uint32_t i = 0; i < e->breakpoint_count; i++)
    if (e->breakpoints[i] == address) {
      e->breakpoints[i] = e->breakpoints[--e->breakpoint_count];
      tb_flush_x86_64(e->cpu);
      return;
    }
}
