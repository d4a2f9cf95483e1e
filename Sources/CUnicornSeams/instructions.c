// Instructions that reach outside the CPU or change its mode: each replaces the library's helper.
//
// Each of these ends its block (count.c), so the count is exact while `in_instruction` is set. A helper that raises must
// do so with the address that it returns to, which is how the library finds the guest's registers.

#include "emit.h"

#define RETURN_ADDRESS ((uintptr_t)__builtin_return_address(0))
enum { UD = VECTOR_UD, GP = VECTOR_GP };
enum { RFLAGS_IF = 1 << 9, CR4_TSD = 1 << 2, CR4_PCE = 1 << 8, CR4_PKE = 1 << 22 };

static uint64_t *gpr(seams_engine *e, int index) { return &FIELD(uint64_t, e->env, ENV_REGS + 8 * index); }
static uint64_t *control(seams_engine *e, int index) { return &FIELD(uint64_t, e->env, ENV_CR + 8 * index); }
static bool is_user(const seams_engine *e) { return FIELD(uint32_t, e->env, ENV_HFLAGS) & HF_CPL_MASK; }

#define DURING(e, ...) do { (e)->in_instruction = true; __VA_ARGS__; (e)->in_instruction = false; } while (0)

void seams_tell_executed(seams_engine *e, uint32_t which) { DURING(e, e->call.executed(e->call.context, which)); }

// MARK: ports

uint32_t cpu_lduw_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);

// The library lets every program reach every port; the CPU asks IOPL and the TSS's I/O permission bitmap (SDM volume 1,
// 19.5).
static void check_port(seams_engine *e, uint32_t port, uint32_t bytes, uintptr_t ra) {
  enum { CR0_PE = 1, CR4_SMAP = 1 << 21, RFLAGS_VM = 1 << 17, AVAILABLE = 9, BUSY = 11, TSS_BYTES = 104, MAP_BASE = 0x66 };
  uint32_t flags = FIELD(uint32_t, e->env, ENV_EFLAGS), cpl = FIELD(uint32_t, e->env, ENV_HFLAGS) & HF_CPL_MASK;
  if (!(*control(e, 0) & CR0_PE) || (cpl <= (flags >> 12 & 3) && !(flags & RFLAGS_VM))) return;
  const void *tr = (uint8_t *)e->env + ENV_TR;
  uint64_t base = FIELD(uint64_t, tr, 8);
  uint32_t limit = FIELD(uint32_t, tr, 16), type = FIELD(uint32_t, tr, 20) >> 8 & 0x1f;
  if ((type == AVAILABLE || type == BUSY) && limit >= TSS_BYTES - 1) {
    int index = *control(e, 4) & CR4_SMAP ? SEAMS_SUPERVISOR_SMAP : SEAMS_SUPERVISOR;  // an implicit access
    uint32_t at = cpu_lduw_mmuidx_ra_x86_64(e->env, base + MAP_BASE, index, ra) + (port >> 3);
    if (at + 1 <= limit) {  // two bytes are read always
      uint32_t forbidden = cpu_lduw_mmuidx_ra_x86_64(e->env, base + at, index, ra) >> (port & 7);
      if (!(forbidden & ((1u << bytes) - 1))) return;
    }
  }
  raise_exception_err_ra_x86_64(e->env, GP, 0, ra);
}

// The port is asked for before memory is touched, also when a repeated instruction has nothing to do.
void seams_check_string_port(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_port(e, (uint16_t)*gpr(e, RDX), i->opcode & 1 ? (i->operand_bytes == 2 ? 2 : 4) : 1, ra);
}

#define PORT(letter, bytes, type) \
  uint64_t __wrap_helper_in##letter##_x86_64(void *env, uint32_t port) { \
    seams_engine *e = seams_current; \
    uint32_t value = 0; \
    (void)env; \
    check_port(e, port & 0xffff, bytes, RETURN_ADDRESS); \
    seams_find_position(e, RETURN_ADDRESS); \
    DURING(e, value = e->call.port_read(e->call.context, port & 0xffff, bytes)); \
    seams_check_port_breakpoint(e, port & 0xffff, bytes); \
    return (type)value; \
  } \
  void __wrap_helper_out##letter##_x86_64(void *env, uint32_t port, uint32_t data) { \
    seams_engine *e = seams_current; \
    (void)env; \
    check_port(e, port & 0xffff, bytes, RETURN_ADDRESS); \
    seams_find_position(e, RETURN_ADDRESS); \
    DURING(e, e->call.port_write(e->call.context, port & 0xffff, bytes, (type)data)); \
    seams_check_port_breakpoint(e, port & 0xffff, bytes); \
  }
PORT(b, 1, uint8_t)
PORT(w, 2, uint16_t)
PORT(l, 4, uint32_t)

// MARK: time, identity, randomness

static void read_tsc(seams_engine *e, void *env, uintptr_t ra) {
  uint64_t value = 0;
  if ((*control(e, 4) & CR4_TSD) && is_user(e)) raise_exception_err_ra_x86_64(env, GP, 0, ra);
  DURING(e, value = e->call.tsc(e->call.context));
  *gpr(e, RAX) = (uint32_t)value;
  *gpr(e, RDX) = value >> 32;
}

void __wrap_helper_rdtsc_x86_64(void *env) { read_tsc(seams_current, env, RETURN_ADDRESS); }

void __wrap_helper_rdtscp_x86_64(void *env) {
  read_tsc(seams_current, env, RETURN_ADDRESS);
  *gpr(seams_current, RCX) = FIELD(uint32_t, env, ENV_TSC_AUX);
}

// Code that is not privileged needs CR4.PCE (SDM volume 2, RDPMC); in real mode CPL is 0.
void __wrap_helper_rdpmc_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint64_t value = 0;
  bool allowed = false;
  if ((*control(e, 4) & CR4_PCE) || !is_user(e))
    DURING(e, allowed = e->call.counter_read(e->call.context, (uint32_t)*gpr(e, RCX), &value));
  if (!allowed) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  *gpr(e, RAX) = (uint32_t)value;
  *gpr(e, RDX) = value >> 32;
}

void __wrap_helper_cpuid_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint32_t out[4] = {0};
  (void)env;
  DURING(e, e->call.cpuid(e->call.context, (uint32_t)*gpr(e, RAX), (uint32_t)*gpr(e, RCX), out));
  *gpr(e, RAX) = out[0];
  *gpr(e, RBX) = out[1];
  *gpr(e, RCX) = out[2];
  *gpr(e, RDX) = out[3];
  seams_tell_executed(e, SEAMS_CPUID);
}

// RDRAND and RDSEED: success is CF = 1, all other status flags 0.
uint64_t __wrap_helper_rdrand_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint64_t value = 0;
  DURING(e, value = e->call.random(e->call.context));
  FIELD(uint64_t, env, ENV_CC_SRC) = 1;
  return value;
}

// MARK: PKRU

void seams_write_pkru(seams_engine *e, uint32_t value) {
  uint32_t old = FIELD(uint32_t, e->env, ENV_PKRU);
  FIELD(uint32_t, e->env, ENV_PKRU) = value;
  seams_pkru_changed(e, old, value);
  DURING(e, e->call.pkru_write(e->call.context, old, value));
}

void __wrap_helper_wrpkru_x86_64(void *env, uint32_t ecx, uint64_t value) {
  seams_engine *e = seams_current;
  if (!(*control(e, 4) & CR4_PKE)) raise_exception_err_ra_x86_64(env, UD, 0, RETURN_ADDRESS);
  if (ecx != 0 || value >> 32 != 0) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  seams_write_pkru(e, (uint32_t)value);
}

uint64_t __wrap_helper_rdpkru_x86_64(void *env, uint32_t ecx) {
  if (!(*control(seams_current, 4) & CR4_PKE)) raise_exception_err_ra_x86_64(env, UD, 0, RETURN_ADDRESS);
  if (ecx != 0) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  seams_tell_executed(seams_current, SEAMS_RDPKRU);
  return FIELD(uint32_t, env, ENV_PKRU);
}

// MARK: control registers and MSRs

void __real_helper_write_crN_x86_64(void *env, int reg, uint64_t value);
void __real_helper_wrmsr_x86_64(void *env);

static void write_control(void *env, int reg, uint64_t value, uintptr_t return_address) {
  seams_engine *e = seams_current;
  bool allowed = false;
  DURING(e, allowed = e->call.control_check(e->call.context, (uint32_t)reg, value));
  if (!allowed) raise_exception_err_ra_x86_64(env, GP, 0, return_address);
  uint64_t old = reg == SEAMS_CR8 ? 0 : *control(e, reg & 7);
  uint64_t old_efer = FIELD(uint64_t, env, ENV_EFER);
  if (reg != SEAMS_CR8) __real_helper_write_crN_x86_64(env, reg, value);
  if (reg == SEAMS_CR3) seams_flush_translations(e, *control(e, 4) & (1 << 7));
  if ((reg == SEAMS_CR0 || reg == SEAMS_CR4) && *control(e, reg) != old) seams_flush_translations(e, false);
  DURING(e, e->call.control_write(e->call.context, (uint32_t)reg, old, reg == SEAMS_CR8 ? value : *control(e, reg & 7)));
  uint64_t efer = FIELD(uint64_t, env, ENV_EFER);  // setting CR0.PG sets EFER.LMA
  if (efer != old_efer) DURING(e, e->call.control_write(e->call.context, SEAMS_EFER, old_efer, efer));
}

void __wrap_helper_write_crN_x86_64(void *env, int reg, uint64_t value) {
  write_control(env, reg, value, RETURN_ADDRESS);
}

// The library's own LMSW and CLTS write CR0 without a word. LMSW sets PE and does not clear it (SDM volume 2, LMSW).
void __wrap_helper_lmsw_x86_64(void *env, uint64_t value) {
  write_control(env, 0, (*control(seams_current, 0) & ~UINT64_C(0xe)) | (value & 0xf), RETURN_ADDRESS);
}

void __wrap_helper_clts_x86_64(void *env) {
  write_control(env, 0, *control(seams_current, 0) & ~UINT64_C(8), RETURN_ADDRESS);
}

uint64_t __real_helper_read_crN_x86_64(void *env, int reg);
uint64_t __wrap_helper_read_crN_x86_64(void *env, int reg) {
  seams_engine *e = seams_current;
  return reg == SEAMS_CR8 ? e->call.cr8_read(e->call.context) : __real_helper_read_crN_x86_64(env, reg);
}

enum { MSR_PKRS = 0x6e1, MSR_EFER = 0xc0000080 };

// MSRs that are part of the CPU's own state are the library's, but for IA32_PKRS, which it lacks; all others are the callbacks'.
static bool is_own_msr(const seams_engine *e, uint32_t index) {
  switch (index) {
    case MSR_PKRS: return e->has_supervisor_keys;
    case 0x174: case 0x175: case 0x176:               // SYSENTER
    case 0x277:                                       // PAT
    case MSR_EFER: case 0xc0000081: case 0xc0000082: case 0xc0000083: case 0xc0000084:  // EFER STAR LSTAR CSTAR FMASK
    case 0xc0000100: case 0xc0000101: case 0xc0000102: case 0xc0000103:                 // FS GS KERNEL_GS TSC_AUX
      return true;
    default:
      return false;
  }
}

// Canonical addresses, memory types and reserved bits of the CPU's own MSRs (SDM volume 4, table 2-2). SYSENTER's registers
// take any address, as AMD's do.
static bool is_legal_msr(uint32_t index, uint64_t value) {
  switch (index) {
    case 0xc0000082: case 0xc0000083: case 0xc0000100: case 0xc0000101: case 0xc0000102: return seams_is_canonical(value);
    case MSR_PKRS: case 0xc0000084: case 0xc0000103: return value >> 32 == 0;
    case 0x277:
      for (int at = 0; at < 64; at += 8) {
        uint8_t type = (uint8_t)(value >> at);
        if (type > 7 || type == 2 || type == 3) return false;
      }
      return true;
    default: return true;
  }
}

static void tell_msr(seams_engine *e, uint32_t index, uint64_t value, uintptr_t ra) {
  seams_find_position(e, ra);
  DURING(e, e->call.msr_written(e->call.context, index, value));
}

void __wrap_helper_wrmsr_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint32_t index = (uint32_t)*gpr(e, RCX);
  uint64_t value = (uint32_t)*gpr(e, RAX) | *gpr(e, RDX) << 32;
  bool allowed = false;
  if (!is_own_msr(e, index)) {
    DURING(e, allowed = e->call.msr_write(e->call.context, index, value));
    if (!allowed) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
    tell_msr(e, index, value, RETURN_ADDRESS);
    return;
  }
  if (!is_legal_msr(index, value)) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  if (index != MSR_EFER) {
    if (index == MSR_PKRS) seams_write_pkrs(e, (uint32_t)value);
    else __real_helper_wrmsr_x86_64(env);
    tell_msr(e, index, value, RETURN_ADDRESS);
    return;
  }
  uint64_t old = FIELD(uint64_t, env, ENV_EFER);
  DURING(e, allowed = e->call.control_check(e->call.context, SEAMS_EFER, value));
  if (!allowed) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  __real_helper_wrmsr_x86_64(env);
  uint64_t new = FIELD(uint64_t, env, ENV_EFER);
  if (new != old) seams_flush_translations(e, false);
  DURING(e, e->call.control_write(e->call.context, SEAMS_EFER, old, new));
}

void __real_helper_rdmsr_x86_64(void *env);
void __wrap_helper_rdmsr_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint32_t index = (uint32_t)*gpr(e, RCX);
  bool is_own = is_own_msr(e, index), allowed = is_own;
  if (is_own && index != MSR_PKRS) {
    __real_helper_rdmsr_x86_64(env);
    return;
  }
  uint64_t value = e->pkrs;
  if (!is_own) DURING(e, allowed = e->call.msr_read(e->call.context, index, &value));
  if (!allowed) raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  *gpr(e, RAX) = (uint32_t)value;
  *gpr(e, RDX) = value >> 32;
}

void __real_helper_invlpg_x86_64(void *env, uint64_t address);
void __wrap_helper_invlpg_x86_64(void *env, uint64_t address) {
  __real_helper_invlpg_x86_64(env, address);
  seams_invalidate_page(seams_current, address);
  seams_tell_executed(seams_current, SEAMS_INVLPG);
}

// MARK: the interrupt flag

static void look_for_window(seams_engine *e) {
  if (!e->want_window || !(FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_IF)) return;
  e->want_window = false;
  DURING(e, seams_set_horizon(e, seams_retired(e) + 1));
}

void seams_look_for_windows(seams_engine *e) {
  if (e->want_nmi_window) seams_stop_for_window(e);
  else look_for_window(e);
}

void __real_helper_sti_x86_64(void *env);
void __wrap_helper_sti_x86_64(void *env) {
  __real_helper_sti_x86_64(env);
  seams_current->sti_end = seams_retired(seams_current);
  look_for_window(seams_current);
}

void __real_helper_write_eflags_x86_64(void *env, uint64_t value, uint32_t mask);
void __wrap_helper_write_eflags_x86_64(void *env, uint64_t value, uint32_t mask) {
  __real_helper_write_eflags_x86_64(env, value, mask);
  look_for_window(seams_current);
}

// PUSHF shows neither VM nor RF (SDM volume 2B); the library keeps a RF that IRET loaded.
uint64_t __real_helper_read_eflags_x86_64(void *env);
uint64_t __wrap_helper_read_eflags_x86_64(void *env) {
  return __real_helper_read_eflags_x86_64(env) & ~(uint64_t)RESUME_FLAG;
}

// IRET may fault after it has looked at the stack, and then the library needs the address that it was called from: so
// the stop is asked for before, whatever the flag will be, and the call is a jump.
void seams_stop_for_window(seams_engine *e) {
  if (!e->want_window && !e->want_nmi_window) return;
  e->want_window = e->want_nmi_window = false;
  DURING(e, seams_set_horizon(e, seams_retired(e) + 1));
}

void __real_helper_iret_protected_x86_64(void *env, int shift, int next_eip);
void __wrap_helper_iret_protected_x86_64(void *env, int shift, int next_eip) {
  seams_stop_for_window(seams_current);
  __attribute__((musttail)) return __real_helper_iret_protected_x86_64(env, shift, next_eip);
}

void __real_helper_iret_real_x86_64(void *env, int shift);
void __wrap_helper_iret_real_x86_64(void *env, int shift) {
  seams_stop_for_window(seams_current);
  __attribute__((musttail)) return __real_helper_iret_real_x86_64(env, shift);
}

// MARK: segments

// A null SS is for the 64-bit code of the privilege level that its RPL names (SDM volume 2B, MOV); the library lets it have
// any RPL.
void __real_helper_load_seg_x86_64(void *env, int which, int selector);
void __wrap_helper_load_seg_x86_64(void *env, int which, int selector) {
  enum { SS = 2, NULL_MASK = 0xfffc, RPL_MASK = 3 };
  uint32_t cpl = FIELD(uint32_t, env, ENV_HFLAGS) & HF_CPL_MASK;
  if (which == SS && !(selector & NULL_MASK) && (uint32_t)(selector & RPL_MASK) != cpl)
    raise_exception_err_ra_x86_64(env, GP, 0, RETURN_ADDRESS);
  __attribute__((musttail)) return __real_helper_load_seg_x86_64(env, which, selector);
}

// MARK: HLT and shutdown

void __real_helper_hlt_x86_64(void *env, int next_eip_addend);
void __wrap_helper_hlt_x86_64(void *env, int next_eip_addend) {
  enum { RFLAGS_TF = 1 << 8 };
  seams_engine *e = seams_current;
  bool is_stepping = FIELD(uint64_t, env, ENV_EFLAGS) & RFLAGS_TF;
  if (is_stepping || e->held_hits) {  // a debug exception ends the halt as it begins (SDM volume 2, HLT)
    FIELD(uint64_t, env, ENV_EIP) += (uint64_t)next_eip_addend;
    FIELD(uint64_t, env, ENV_EFLAGS) &= ~(uint64_t)RESUME_FLAG;
    if (is_stepping) seams_raise_step(e);
    seams_raise(e, VECTOR_DB, 0, 0);
  }
  e->stop = SEAMS_STOP_HALT;
  __attribute__((musttail)) return __real_helper_hlt_x86_64(env, next_eip_addend);
}

void __real_helper_raise_interrupt_x86_64(void *env, int vector, int next_eip_addend);
void __wrap_helper_raise_interrupt_x86_64(void *env, int vector, int next_eip_addend) {
  seams_current->interrupt_eip = FIELD(uint64_t, env, ENV_EIP);
  __attribute__((musttail)) return __real_helper_raise_interrupt_x86_64(env, vector, next_eip_addend);
}
