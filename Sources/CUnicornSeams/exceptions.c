// The delivery of exceptions and interrupts by the library's own code, and what it does otherwise than a CPU.

#include <string.h>

#include "forms.h"
#include "profile.h"

enum { INJECTED = 0x200 };  // + vector: an interrupt, as the library's number of an exception

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
  seams_profile_deliver(e, vector);
  stack_segment noted = note_stack_segment(e);
  e->delivering = true;
  e->delivering_int = is_software;
  e->delivered = vector;
  seams_expect_no_domain(e);
  seams_forget_lifted_rights(e);
  // A delivery ends the shadow of STI and MOV SS (SDM volume 3, 6.8.3); the library would let it reach the handler.
  FIELD(uint32_t, e->env, ENV_HFLAGS) &= ~(uint32_t)HF_INHIBIT_IRQ_MASK;
  set_resume_flag(e, !is_software && is_fault(vector));
  x86_cpu_do_interrupt_x86_64(e->cpu);  // may fault itself: then the library comes back to seams_on_exception
  e->delivering = e->delivering_int = false;
  seams_report_delivery(e);
  keep_stack_segment(e, &noted);
}

static void raise(seams_engine *e, uint32_t vector) {
  bool is_software = FIELD(int, e->env, ENV_EXCEPTION_IS_INT) != 0;
  if (vector == VECTOR_DB) seams_debug_entered(e);
  if (vector == VECTOR_DB && !is_software)
    seams_note_waiting_hits(e);
  else
    e->pending_hits = 0;  // a faulting instruction has not come to its end: what waited for it is forgotten
  // A block that ended in a fault without a record of its position has counted the faulting instruction.
  if (!e->restored && !e->fetch_fault && !e->delivering && !is_software && vector != VECTOR_DB) e->countdown++;
  // An INT whose delivery faults has not retired: the fault's return address is the INT.
  if (e->delivering_int) e->countdown++;
  e->restored = e->fetch_fault = e->delivering = e->delivering_int = false;
  if (is_software) FIELD(uint64_t, e->env, ENV_EIP) = e->interrupt_eip;
  seams_report_hits(e);
  e->call.exception(e->call.context, vector, FIELD(uint32_t, e->env, ENV_ERROR_CODE),
                    vector == VECTOR_PF ? FIELD(uint64_t, e->env, ENV_CR + 16) : 0);
  deliver(e, vector, is_software);
  // What MOV SS held off comes before the handler's first instruction: the delivery has ended the shadow.
  if (e->held_hits) seams_interrupt_now(e);
  // A handler that cannot be fetched raises the next exception without ever reaching the count.
  if (e->countdown <= 0) seams_stop_here(e);
}

// Delivery found something wrong with a gate or a selector. The library counts a long mode gate as two, and leaves out EXT:
// an event that is no INT instruction (SDM volume 3, 6.13).
void __real_raise_exception_err_x86_64(void *env, int vector, int error_code) __attribute__((noreturn));
void __wrap_raise_exception_err_x86_64(void *env, int vector, int error_code) {
  seams_engine *e = seams_current;
  if (e && e->delivering && vector >= VECTOR_TS && vector <= VECTOR_GP) {
    bool is_long = FIELD(uint64_t, e->env, ENV_EFER) >> 10 & 1;
    if (is_long && error_code == (int)e->delivered * 16 + 2) error_code = (int)e->delivered * 8 + 2;
    if (!e->delivering_int) error_code |= 1;
  }
  __real_raise_exception_err_x86_64(env, vector, error_code);
}

void seams_on_exception(uc_engine *uc, uint32_t vector, void *engine) {
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
  seams_profile_deliver(e, vector - INJECTED);
  e->restored = e->fetch_fault = false;
  stack_segment noted = note_stack_segment(e);
  e->delivering = true;
  e->delivered = vector - INJECTED;
  seams_expect_no_domain(e);
  seams_forget_lifted_rights(e);
  set_resume_flag(e, false);
  do_interrupt_x86_hardirq_x86_64(e->env, (int)vector - INJECTED, 1);
  e->delivering = false;
  seams_report_delivery(e);
  keep_stack_segment(e, &noted);
}

// The library leaves its loop after an invalid opcode; the exception is delivered first, and the run goes on.
bool seams_on_invalid_opcode(uc_engine *uc, void *engine) {
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
_Noreturn void __wrap_cpu_abort_x86_64(void *cpu, const char *format, ...) {
  static const char no_tss[] = "invalid tss";
  (void)cpu;
  if (!seams_current || strncmp(format, no_tss, sizeof no_tss - 1) != 0) seams_guard_leave(format);
  const void *tr = (uint8_t *)seams_current->env + ENV_TR;
  raise_exception_err_ra_x86_64(seams_current->env, VECTOR_TS, (int)(FIELD(uint32_t, tr, 0) & 0xfffc), 0);
}

int __real_cpu_exec_x86_64(void *uc, void *cpu);
int __wrap_cpu_exec_x86_64(void *uc, void *cpu) {
  seams_engine *e = seams_current;
  if (e->injected >= 0) {  // inside the loop, so that a fault while pushing has somewhere to go
    FIELD(int32_t, cpu, CPU_EXCEPTION_INDEX) = e->injected == INJECTED_DEBUG_TRAP ? VECTOR_DB : INJECTED + e->injected;
    FIELD(int, e->env, ENV_ERROR_CODE) = 0;
    FIELD(int, e->env, ENV_EXCEPTION_IS_INT) = 0;
    e->injected = -1;
  }
  return __real_cpu_exec_x86_64(uc, cpu);
}
