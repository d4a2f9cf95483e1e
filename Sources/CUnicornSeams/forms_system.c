// System instructions: SYSCALL and its kin, debug registers, INT1, segment bases (SDM volume 2).

#include <string.h>

#include "forms.h"

enum { EFER_SCE = 1, EFER_LMA = 1 << 10, CR4_DE = 1 << 3, CR4_FSGSBASE = 1 << 16 };
enum { RFLAGS_TF = 1 << 8, RFLAGS_DF = 1 << 10, RFLAGS_VM = 1 << 17, RFLAGS_LIVE_ELSEWHERE = FLAGS_ARITHMETIC | RFLAGS_DF };
enum { ATTRIBUTES_CODE = 0x9b00, ATTRIBUTES_DATA = 0x9300, ATTRIBUTES_FLAT32 = 0xc00000, ATTRIBUTES_LONG = 0xa00000, DPL_SHIFT = 13 };
enum { CS = 1, SS = 2 };

// MARK: jumps

static void load_flat(seams_engine *e, int segment, uint32_t selector, uint32_t attributes, uint32_t dpl) {
  uint8_t *at = (uint8_t *)e->env + ENV_SEGS + segment * SEGMENT_BYTES;
  FIELD(uint32_t, at, 0) = selector;
  FIELD(uint64_t, at, 8) = 0;
  FIELD(uint32_t, at, 16) = 0xffffffff;
  FIELD(uint32_t, at, 20) = attributes | dpl << DPL_SHIFT;
}

// Flat code and stack of a privilege level, 64 or 32 bits. The hidden flags are the caller's to renew, when EFLAGS are written.
static void load_flat_pair(seams_engine *e, uint32_t cs, uint32_t ss, uint32_t cpl, bool is_long) {
  load_flat(e, CS, cs, ATTRIBUTES_CODE | (is_long ? ATTRIBUTES_LONG : ATTRIBUTES_FLAT32), cpl);
  load_flat(e, SS, ss, ATTRIBUTES_DATA | ATTRIBUTES_FLAT32, cpl);
}

// RF and the interrupt shadow end with each instruction; the library ends them where it ends a block.
static void finish_jump(seams_engine *e) {
  FIELD(uint32_t, e->env, ENV_HFLAGS) &= ~(uint32_t)HF_INHIBIT_IRQ_MASK;
  FIELD(uint64_t, e->env, ENV_EFLAGS) &= ~(uint64_t)RESUME_FLAG;
}

static void write_rflags(seams_engine *e, uint64_t flags) {
  seams_write_flags(e, (uint32_t)flags);
  FIELD(int32_t, e->env, ENV_DF) = flags & RFLAGS_DF ? -1 : 1;
  FIELD(uint64_t, e->env, ENV_EFLAGS) = (flags & ~(uint64_t)RFLAGS_LIVE_ELSEWHERE) | 2;
}

static uint64_t read_rflags(seams_engine *e) {
  uint64_t flags = FIELD(uint64_t, e->env, ENV_EFLAGS) & ~(uint64_t)(RFLAGS_LIVE_ELSEWHERE | RESUME_FLAG);
  return flags | seams_read_flags(e) | (FIELD(int32_t, e->env, ENV_DF) < 0 ? RFLAGS_DF : 0);
}

// MARK: SYSCALL, SYSRET

// TF as it is after the instruction decides about a trap (SDM volume 2, SYSCALL and SYSRET).
static void trap_if_stepping(seams_engine *e) {
  finish_jump(e);
  if (FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_TF) seams_raise_step(e);
}

static void run_syscall(seams_engine *e, const instruction *i, uintptr_t ra) {
  bool is_long_mode = FIELD(uint64_t, e->env, ENV_EFER) & EFER_LMA;
  if (!(FIELD(uint64_t, e->env, ENV_EFER) & EFER_SCE) || !(seams_cr(e, 0) & 1)) seams_raise(e, VECTOR_UD, 0, ra);
  uint32_t selector = FIELD(uint64_t, e->env, ENV_STAR) >> 32 & 0xfffc;
  uint64_t next = FIELD(uint64_t, e->env, ENV_EIP) + i->length, flags = read_rflags(e);
  if (is_long_mode) {
    *seams_gpr(e, RCX) = next;
    *seams_gpr(e, 11) = flags;
    load_flat_pair(e, selector, selector + 8, 0, true);
    write_rflags(e, flags & ~FIELD(uint64_t, e->env, ENV_FMASK));
    FIELD(uint64_t, e->env, ENV_EIP) = FIELD(uint64_t, e->env, i->code_bits == 64 ? ENV_LSTAR : ENV_CSTAR);
  } else {  // as AMD's processors do outside long mode
    *seams_gpr(e, RCX) = (uint32_t)next;
    load_flat_pair(e, selector, selector + 8, 0, false);
    write_rflags(e, flags & ~(uint64_t)(0x200 | RFLAGS_VM));
    FIELD(uint64_t, e->env, ENV_EIP) = (uint32_t)FIELD(uint64_t, e->env, ENV_STAR);
  }
  seams_renew_hidden_flags(e);
  seams_tell_executed(e, SEAMS_SYSTEM_CALL);
  trap_if_stepping(e);
}

static void run_sysret(seams_engine *e, const instruction *i, uintptr_t ra) {
  enum { RESTORED = 0x3c7fd7 };
  bool is_long_mode = FIELD(uint64_t, e->env, ENV_EFER) & EFER_LMA;
  if (!(FIELD(uint64_t, e->env, ENV_EFER) & EFER_SCE)) seams_raise(e, VECTOR_UD, 0, ra);
  if (!(seams_cr(e, 0) & 1) || seams_cpl(e) != 0) seams_raise(e, VECTOR_GP, 0, ra);
  uint32_t selector = FIELD(uint64_t, e->env, ENV_STAR) >> 48 & 0xffff;
  bool to_long = is_long_mode && i->wide;
  uint64_t target = *seams_gpr(e, RCX);
  // At CPL 0, as Intel's processors do it (SDM volume 2B, SYSRET); AMD's go there first.
  if (to_long && !seams_is_canonical(target)) seams_raise(e, VECTOR_GP, 0, ra);
  load_flat_pair(e, (to_long ? selector + 16 : selector) | 3, (selector + 8) | 3, 3, to_long);
  if (is_long_mode)
    write_rflags(e, *seams_gpr(e, 11) & RESTORED & ~(uint64_t)(RESUME_FLAG | RFLAGS_VM));
  else
    write_rflags(e, read_rflags(e) | 0x200);
  seams_renew_hidden_flags(e);
  FIELD(uint64_t, e->env, ENV_EIP) = to_long ? target : (uint32_t)target;
  seams_tell_executed(e, SEAMS_SYSTEM_CALL);
  trap_if_stepping(e);
}

// MARK: SYSENTER, SYSEXIT: not announced

// MARK: debug registers

static int debug_register(seams_engine *e, const instruction *i, uintptr_t ra) {
  int index = i->reg;
  bool is_alias = index == 4 || index == 5;
  if (index > 7) seams_raise(e, VECTOR_UD, 0, ra);
  if (seams_cpl(e) != 0) seams_raise(e, VECTOR_GP, 0, ra);
  if (is_alias && seams_cr(e, 4) & CR4_DE) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_general_detect(e, ra);
  return is_alias ? index + 2 : index;
}

static int register_bytes(const instruction *i) { return i->code_bits == 64 ? 8 : 4; }

// MOV reg, DRn (0F 21)
static void run_mov_from_debug(seams_engine *e, const instruction *i, uintptr_t ra) {
  int index = debug_register(e, i, ra);
  seams_write_register(e, i, i->rm, register_bytes(i), FIELD(uint64_t, e->env, ENV_DR + 8 * index));
}

// MOV DRn, reg (0F 23): bits 63-32 of DR6 and DR7 must be 0
static void run_mov_to_debug(seams_engine *e, const instruction *i, uintptr_t ra) {
  int index = debug_register(e, i, ra);
  uint64_t value = seams_read_register(e, i, i->rm, register_bytes(i));
  if (index >= 6 && value >> 32) seams_raise(e, VECTOR_GP, 0, ra);
  seams_write_debug(e, index, value);
}

// INT1 (F1): a trap #DB that leaves DR6 alone
static void run_int1(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)ra;
  FIELD(uint64_t, e->env, ENV_EIP) += i->length;
  finish_jump(e);
  seams_raise(e, 1, 0, 0);
}

// MARK: FSGSBASE

// RDFSBASE RDGSBASE WRFSBASE WRGSBASE (F3 0F AE /0 to /3)
static void run_segment_base(seams_engine *e, const instruction *i, uintptr_t ra) {
  if (!(seams_cr(e, 4) & CR4_FSGSBASE)) seams_raise(e, VECTOR_UD, 0, ra);
  int segment = i->reg & 1 ? SEGMENT_GS : SEGMENT_FS, bytes = i->wide ? 8 : 4;
  uint64_t *base = &FIELD(uint64_t, e->env, ENV_SEGS + segment * SEGMENT_BYTES + 8);
  if ((i->reg & 7) < 2) {
    seams_write_register(e, i, i->rm, bytes, *base);
    return;
  }
  uint64_t value = seams_read_register(e, i, i->rm, bytes);
  if (!seams_is_canonical(value)) seams_raise(e, VECTOR_GP, 0, ra);
  *base = value;
}

// MARK: 0F 01 with a register operand

static void run_group7(seams_engine *e, const instruction *i, uintptr_t ra) {
  switch (i->modrm) {
    case 0xd0: seams_run_xgetbv(e, i, ra); return;
    case 0xd1: seams_run_xsetbv(e, i, ra); return;
    default: seams_raise(e, VECTOR_UD, 0, ra);
  }
}

// MARK: table

#define ROW(map, opcode, prefixes, regs, operand, run, traits) {map, opcode, opcode, prefixes, regs, operand, ANY_CODE, LEGACY, {run, traits}}
const form_row seams_system_forms[] = {
    ROW(MAP_0F, 0x05, ANY_PREFIX, ANY_REG, ANY_OPERAND, run_syscall, TRAIT_JUMPS | TRAIT_SETS_FLAGS),
    ROW(MAP_0F, 0x07, ANY_PREFIX, ANY_REG, ANY_OPERAND, run_sysret, TRAIT_JUMPS | TRAIT_SETS_FLAGS),
    ROW(MAP_0F, 0x34, ANY_PREFIX, ANY_REG, ANY_OPERAND, 0, TRAIT_UNDEFINED),  // SYSENTER
    ROW(MAP_0F, 0x35, ANY_PREFIX, ANY_REG, ANY_OPERAND, 0, TRAIT_UNDEFINED),  // SYSEXIT
    ROW(MAP_0F, 0x21, ANY_PREFIX, ANY_REG, ANY_OPERAND, run_mov_from_debug, TRAIT_ENDS_BLOCK),
    ROW(MAP_0F, 0x23, ANY_PREFIX, ANY_REG, ANY_OPERAND, run_mov_to_debug, TRAIT_ENDS_BLOCK),
    ROW(MAP_ONE, 0xf1, ANY_PREFIX, ANY_REG, ANY_OPERAND, run_int1, TRAIT_JUMPS),
    {MAP_0F, 0xae, 0xae, ON_F3, REG(0) | REG(1) | REG(2) | REG(3), REGISTER, CODE_64, LEGACY, {run_segment_base, 0}},
    ROW(MAP_0F, 0x01, NOT_REPEATED, REG(2), REGISTER, run_group7, TRAIT_ENDS_BLOCK),
};
const unsigned seams_system_form_count = sizeof seams_system_forms / sizeof *seams_system_forms;
