// Returns and ENTER (SDM volume 2); far returns, IRET and ENTER in 64-bit code only.
//
// The library cuts the stack pointer to 32 bits for far returns with 32-bit operands, looks at selectors before it has read all
// of the frame, makes ENTER without a look at the stack's new end, and takes the immediate of RET for a signed number.

#include <string.h>

#include "descriptors.h"

enum { CS = 1, SS = 2 };
enum { RFLAGS_IF = 1 << 9, RFLAGS_TF = 1 << 8, RFLAGS_DF = 1 << 10, RFLAGS_IOPL = 3 << 12, RFLAGS_NT = 1 << 14,
       RFLAGS_VIF = 1 << 19, RFLAGS_VIP = 1 << 20, RFLAGS_ID = 1 << 21 };

static uint32_t dpl_of(const descriptor *d) { return d->attributes >> DPL_SHIFT & 3; }

static void load_segment(seams_engine *e, int segment, descriptor *d, uint32_t cpl, uintptr_t ra) {
  if (!(d->attributes & ACCESSED)) {
    d->attributes |= ACCESSED;
    seams_write_attributes(e, d, d->attributes, ra);
  }
  seams_set_segment(e, ENV_SEGS + segment * SEGMENT_BYTES, d, (d->selector & ~(uint32_t)SELECTOR_RPL) | cpl);
}

static void load_null_stack(seams_engine *e, uint32_t selector, uint32_t cpl) {
  uint8_t *at = (uint8_t *)e->env + ENV_SEGS + SS * SEGMENT_BYTES;
  memset(at, 0, SEGMENT_BYTES);
  FIELD(uint32_t, at, 0) = selector;
  FIELD(uint32_t, at, 20) = cpl << DPL_SHIFT;
}

// MARK: what the frame says

static descriptor check_code(seams_engine *e, uint32_t selector, uintptr_t ra) {
  if (!seams_selector_code(selector)) seams_raise(e, VECTOR_GP, 0, ra);
  descriptor d = seams_read_descriptor(e, selector, ra);
  uint32_t rpl = selector & SELECTOR_RPL;
  bool is_code = (d.attributes & (NOT_SYSTEM | CODE)) == (NOT_SYSTEM | CODE);
  bool is_reachable = rpl >= seams_cpl(e) && (d.attributes & CONFORMING ? dpl_of(&d) <= rpl : dpl_of(&d) == rpl);
  if (!is_code || !is_reachable || (d.attributes & (LONG | BIG)) == (LONG | BIG)) seams_raise(e, VECTOR_GP, seams_selector_code(selector), ra);
  if (!(d.attributes & PRESENT)) seams_raise(e, VECTOR_NP, seams_selector_code(selector), ra);
  return d;
}

// A null SS is for 64-bit code of levels 0 to 2. `is_null` tells it from a real one.
static descriptor check_stack(seams_engine *e, uint32_t selector, const descriptor *code, bool *is_null, uintptr_t ra) {
  uint32_t rpl = code->selector & SELECTOR_RPL;
  *is_null = !seams_selector_code(selector);
  if (*is_null) {
    if (!(code->attributes & LONG) || rpl == 3 || (selector & SELECTOR_RPL) != rpl) seams_raise(e, VECTOR_GP, 0, ra);
    return (descriptor){.selector = selector};
  }
  descriptor d = seams_read_descriptor(e, selector, ra);
  bool is_stack = (d.attributes & (NOT_SYSTEM | CODE | WRITABLE)) == (NOT_SYSTEM | WRITABLE);
  if ((selector & SELECTOR_RPL) != rpl || !is_stack || dpl_of(&d) != rpl) seams_raise(e, VECTOR_GP, seams_selector_code(selector), ra);
  if (!(d.attributes & PRESENT)) seams_raise(e, VECTOR_SS, seams_selector_code(selector), ra);
  return d;
}

// A data segment that the outer level may not use becomes null; FS and GS keep their bases.
static void drop_inner_segments(seams_engine *e, uint32_t cpl) {
  static const uint8_t segments[] = {SEGMENT_ES, SEGMENT_DS, SEGMENT_FS, SEGMENT_GS};
  for (unsigned n = 0; n < sizeof segments; n++) {
    uint8_t *at = (uint8_t *)e->env + ENV_SEGS + segments[n] * SEGMENT_BYTES;
    uint32_t attributes = FIELD(uint32_t, at, 20);
    bool is_conforming = (attributes & (CODE | CONFORMING)) == (CODE | CONFORMING);
    if (is_conforming || (attributes >> DPL_SHIFT & 3) >= cpl) continue;
    FIELD(uint32_t, at, 0) = 0;
    FIELD(uint32_t, at, 20) = 0;
    if (segments[n] < SEGMENT_FS) FIELD(uint64_t, at, 8) = 0;
  }
}

static uint64_t pop(seams_engine *e, uint64_t *rsp, int bytes, uintptr_t ra) {
  uint64_t value = 0;
  seams_load(e, *rsp, &value, (uint32_t)bytes, ra);
  *rsp += (uint64_t)bytes;
  return value;
}

static void enter(seams_engine *e, descriptor *code, uint64_t rip, uintptr_t ra) {
  load_segment(e, CS, code, code->selector & SELECTOR_RPL, ra);
  FIELD(uint64_t, e->env, ENV_EIP) = code->attributes & LONG ? rip : (uint32_t)rip;
}

// The hidden flags follow all segments; a step is due if TF was set before.
static void finish(seams_engine *e, bool was_stepping) {
  seams_renew_hidden_flags(e);
  FIELD(uint32_t, e->env, ENV_HFLAGS) &= ~(uint32_t)HF_INHIBIT_IRQ_MASK;
  if (was_stepping) seams_raise_step(e);
}

static bool is_stepping(const seams_engine *e) { return FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_TF; }

// MARK: RET far (CA, CB)

static void run_far_return(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t rsp = *seams_gpr(e, RSP);
  uint64_t rip = pop(e, &rsp, bytes, ra);
  uint32_t selector = (uint16_t)pop(e, &rsp, bytes, ra), cpl = seams_cpl(e);
  bool was_stepping = is_stepping(e);
  descriptor code = check_code(e, selector, ra);
  bool is_outer = (selector & SELECTOR_RPL) > cpl, is_null = false;
  rsp += i->immediate;
  descriptor stack = {0};
  uint64_t outer_rsp = 0;
  if (is_outer) {
    outer_rsp = pop(e, &rsp, bytes, ra);
    stack = check_stack(e, (uint16_t)pop(e, &rsp, bytes, ra), &code, &is_null, ra);
  }
  if (code.attributes & LONG && !seams_is_canonical(rip)) seams_raise(e, VECTOR_GP, 0, ra);
  enter(e, &code, rip, ra);
  if (is_outer) {
    uint32_t outer = selector & SELECTOR_RPL;
    if (is_null) load_null_stack(e, stack.selector, outer);
    else load_segment(e, SS, &stack, outer, ra);
    rsp = outer_rsp + i->immediate;
    drop_inner_segments(e, outer);
  }
  *seams_gpr(e, RSP) = rsp;
  FIELD(uint64_t, e->env, ENV_EFLAGS) &= ~(uint64_t)RESUME_FLAG;
  finish(e, was_stepping);
}

// MARK: IRET (CF)

static uint64_t loaded_flags(const seams_engine *e, int bytes, uint32_t cpl) {
  uint64_t mask = FLAGS_ARITHMETIC | RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RESUME_FLAG | RFLAGS_AC | RFLAGS_ID;
  if (cpl <= (FIELD(uint64_t, e->env, ENV_EFLAGS) >> 12 & 3)) mask |= RFLAGS_IF;
  if (cpl == 0) mask |= RFLAGS_IOPL | RFLAGS_VIF | RFLAGS_VIP;
  return bytes == 2 ? mask & 0xffff : mask;
}

static void load_flags(seams_engine *e, uint64_t flags, uint64_t mask) {
  uint64_t elsewhere = FLAGS_ARITHMETIC | RFLAGS_DF, old = FIELD(uint64_t, e->env, ENV_EFLAGS);
  seams_write_flags(e, (uint32_t)flags);
  FIELD(int32_t, e->env, ENV_DF) = flags & RFLAGS_DF ? -1 : 1;
  FIELD(uint64_t, e->env, ENV_EFLAGS) = (old & ~mask & ~elsewhere & ~(uint64_t)RESUME_FLAG) | (flags & mask & ~elsewhere) | 2;
}

static void run_iret(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t rsp = *seams_gpr(e, RSP);
  bool was_stepping = is_stepping(e), is_null;
  if (FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_NT) seams_raise(e, VECTOR_GP, 0, ra);
  uint64_t rip = pop(e, &rsp, bytes, ra);
  uint32_t selector = (uint16_t)pop(e, &rsp, bytes, ra), cpl = seams_cpl(e);
  uint64_t flags = pop(e, &rsp, bytes, ra), new_rsp = pop(e, &rsp, bytes, ra);
  uint32_t stack_selector = (uint16_t)pop(e, &rsp, bytes, ra), outer = selector & SELECTOR_RPL;
  descriptor code = check_code(e, selector, ra);
  descriptor stack = check_stack(e, stack_selector, &code, &is_null, ra);
  enter(e, &code, rip, ra);
  if (is_null) load_null_stack(e, stack_selector, outer);
  else load_segment(e, SS, &stack, outer, ra);
  load_flags(e, flags, loaded_flags(e, bytes, cpl));
  *seams_gpr(e, RSP) = new_rsp;
  if (outer > cpl) drop_inner_segments(e, outer);
  FIELD(uint32_t, e->env, ENV_HFLAGS2) &= ~(uint32_t)HF2_NMI_MASK;
  seams_look_for_windows(e);
  finish(e, was_stepping);
}

// MARK: ENTER (C8)

static void run_enter(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes == 2 ? 2 : 8;
  uint32_t size = i->immediate & 0xffff, level = i->immediate >> 16 & 31;
  uint64_t rsp = *seams_gpr(e, RSP), rbp = *seams_gpr(e, RBP), frame;
  rsp -= (uint64_t)bytes;
  seams_store(e, rsp, &rbp, (uint32_t)bytes, ra);
  frame = rsp;
  for (uint32_t n = 1; n < level; n++) {
    uint64_t value = 0;
    rbp -= (uint64_t)bytes;
    seams_load(e, rbp, &value, (uint32_t)bytes, ra);
    rsp -= (uint64_t)bytes;
    seams_store(e, rsp, &value, (uint32_t)bytes, ra);
  }
  if (level) {
    rsp -= (uint64_t)bytes;
    seams_store(e, rsp, &frame, (uint32_t)bytes, ra);
  }
  seams_check_alignment(e, rsp - size, (uint32_t)bytes, ra);
  seams_probe_write(e, rsp - size, (uint32_t)bytes, ra);
  seams_write_register(e, i, RBP, bytes, frame);
  *seams_gpr(e, RSP) = rsp - size;
}

// MARK: RET imm16 with bit 15 set (C2)

static void run_near_return(seams_engine *e, const instruction *i, uintptr_t ra) {
  const uint8_t *ss = (const uint8_t *)e->env + ENV_SEGS + SS * SEGMENT_BYTES;
  bool is_long = i->code_bits == 64;
  int stack_bytes = is_long ? 8 : FIELD(uint32_t, ss, 20) & BIG ? 4 : 2, bytes = is_long && i->operand_bytes == 4 ? 8 : i->operand_bytes;
  uint64_t mask = stack_bytes == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * stack_bytes)) - 1, target = 0;
  uint64_t rsp = *seams_gpr(e, RSP) & mask, address = is_long ? rsp : (uint32_t)(rsp + FIELD(uint64_t, ss, 8));
  bool was_stepping = is_stepping(e);
  seams_load(e, address, &target, (uint32_t)bytes, ra);
  if (is_long && !seams_is_canonical(target)) seams_raise(e, VECTOR_GP, 0, ra);
  seams_write_register(e, i, RSP, stack_bytes, (rsp + (uint64_t)bytes + i->immediate) & mask);
  FIELD(uint64_t, e->env, ENV_EIP) = target;
  FIELD(uint64_t, e->env, ENV_EFLAGS) &= ~(uint64_t)RESUME_FLAG;
  finish(e, was_stepping);
}

// MARK: table

#define ROW(opcode, run, traits) {MAP_ONE, opcode, opcode, ANY_PREFIX, ANY_REG, ANY_OPERAND, CODE_64, LEGACY, {run, traits}}
const form_row seams_return_forms[] = {
    ROW(0xc8, run_enter, TRAIT_STACK_READ | TRAIT_STACK_WRITE),
    ROW(0xca, run_far_return, TRAIT_STACK_READ | TRAIT_JUMPS | TRAIT_SETS_FLAGS),
    ROW(0xcb, run_far_return, TRAIT_STACK_READ | TRAIT_JUMPS | TRAIT_SETS_FLAGS),
    {MAP_ONE, 0xc2, 0xc2, ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, LARGE_IMMEDIATE, {run_near_return, TRAIT_STACK_READ | TRAIT_JUMPS}},
    ROW(0xcf, run_iret, TRAIT_STACK_READ | TRAIT_JUMPS | TRAIT_SETS_FLAGS),
};
const unsigned seams_return_form_count = sizeof seams_return_forms / sizeof *seams_return_forms;
