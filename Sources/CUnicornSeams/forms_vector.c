// SSE floating point: the host's own unit computes, with the guest's MXCSR.
//
// The library computes without flags, denormals and exceptions. RCP and RSQRT differ between processors, so they are computed
// here instead, the same everywhere and within the manual's bound.

#include <math.h>
#include <string.h>

#include "host_units.h"
#include "native.h"
#include "vector_calls.h"

extern const uint8_t seams_slots_38_66[][16], seams_slots_none[][16], seams_slots_66[][16], seams_slots_f3[][16], seams_slots_f2[][16], seams_slots_f3_wide[][16],
    seams_slots_f2_wide[][16], seams_compare_none[][16], seams_compare_66[][16], seams_compare_f3[][16], seams_compare_f2[][16],
    seams_round_08[][16], seams_round_09[][16], seams_round_0a[][16], seams_round_0b[][16], seams_dot_40[][16], seams_dot_41[][16];

// MARK: rights to use the unit (SDM volume 3, 2.5 and volume 2, 2.4 on exceptions)

void seams_check_vector(seams_engine *e, uintptr_t ra) {
  if (seams_cr(e, 0) & CR0_EM || !(seams_cr(e, 4) & CR4_OSFXSR)) seams_raise(e, VECTOR_UD, 0, ra);
  if (seams_cr(e, 0) & CR0_TS) seams_raise(e, VECTOR_NM, 0, ra);
}

void seams_write_mxcsr(seams_engine *e, uint32_t value) {
  seams_take_mxcsr_back(e);
  FIELD(uint32_t, e->env, ENV_MXCSR) = value;
  update_mxcsr_status_x86_64(e->env);
}

_Noreturn static void raise_unmasked(seams_engine *e, uintptr_t ra) {
  seams_raise(e, seams_cr(e, 4) & CR4_OSXMMEXCPT ? VECTOR_XM : VECTOR_UD, 0, ra);
}

// MARK: operands

static const uint8_t *slot_of(const instruction *i) {
  static const uint8_t(*const plain[4])[16] = {seams_slots_none, seams_slots_66, seams_slots_f3, seams_slots_f2};
  static const uint8_t(*const compare[4])[16] = {seams_compare_none, seams_compare_66, seams_compare_f3, seams_compare_f2};
  static const uint8_t(*const rounds[4])[16] = {seams_round_08, seams_round_09, seams_round_0a, seams_round_0b};
  if (i->map == MAP_0F38) return seams_slots_38_66[i->opcode];
  if (i->map == MAP_0F3A) {
    if (i->opcode < 0x0c) return rounds[i->opcode & 3][i->immediate & 15];
    return (i->opcode == 0x40 ? seams_dot_40 : seams_dot_41)[i->immediate];
  }
  if (i->opcode == 0xc2) return compare[i->mandatory][i->immediate & 7];
  bool is_wide = i->wide && i->opcode >= 0x2a && i->opcode <= 0x2d;
  if (is_wide && i->mandatory == PREFIX_F3) return seams_slots_f3_wide[i->opcode];
  if (is_wide && i->mandatory == PREFIX_F2) return seams_slots_f2_wide[i->opcode];
  return plain[i->mandatory][i->opcode];
}

static void load_source(seams_engine *e, const instruction *i, vector_frame *frame, uintptr_t ra) {
  if (!i->is_memory) {
    memcpy(frame->source, seams_xmm(e, i->rm), 16);
    return;
  }
  uint32_t bytes = seams_vector_source_bytes(i);
  uint64_t address = seams_linear_address(e, i);
  if (bytes == 16 && address & 15) seams_raise(e, VECTOR_GP, 0, ra);
  seams_load(e, address, frame->source, bytes, ra);
}

// MARK: execution

// Whether a product or a sum on the way of DPPS or DPPD is tiny: with unmasked underflow that is an exception, also where it is exact, and
// so neither raises a flag nor shows in the result (SDM volume 1, 11.5.2.5). Each is what the instruction computes of its lanes alone;
// DAZ is done beforehand, as it would make 0 of a tiny product before it is added.
static bool has_tiny_stage(const instruction *i, const vector_frame *before, void (*run)(vector_frame *, const void *), bool is_double) {
  static const uint8_t double_stages[] = {0x10, 0x20, 0x30}, single_stages[] = {0x10, 0x20, 0x40, 0x80, 0x30, 0xc0, 0xf0};
  const uint8_t *stages = is_double ? double_stages : single_stages;
  size_t count = is_double ? sizeof double_stages : sizeof single_stages, bytes = is_double ? 8 : 4;
  vector_frame start = *before;
  if (start.mxcsr & MXCSR_DAZ) {
    for (size_t at = 0; at < 16; at += bytes) {
      if (seams_has_tiny_lane(start.source + at, is_double, 1)) memset(start.source + at, 0, bytes);
      if (seams_has_tiny_lane(start.destination + at, is_double, 1)) memset(start.destination + at, 0, bytes);
    }
    start.mxcsr &= ~(uint32_t)MXCSR_DAZ;
  }
  for (size_t index = 0; index < count; index++) {
    instruction stage = *i;
    stage.immediate = (i->immediate & stages[index]) | 1;
    vector_frame frame = start;
    run(&frame, slot_of(&stage));
    if (seams_has_tiny_lane(frame.destination, is_double, 1)) return true;
  }
  return false;
}

// Runs the slot with all exceptions masked, and decides from its flags what the guest's MXCSR makes of them (SDM volume 1,
// 11.5.2 and 11.5.3). Returns only if no unmasked exception is left; MXCSR then has the flags.
static void compute(seams_engine *e, const instruction *i, vector_frame *frame, void (*run)(vector_frame *, const void *), uintptr_t ra) {
  seams_take_mxcsr_back(e);
  uint32_t mxcsr = FIELD(uint32_t, e->env, ENV_MXCSR), unmasked = ~mxcsr >> 7 & MXCSR_FLAGS;
  frame->mxcsr = (mxcsr & ~(uint32_t)MXCSR_FLAGS) | MXCSR_MASKS;
  if (!(mxcsr & MXCSR_UM)) frame->mxcsr &= ~(uint32_t)MXCSR_FTZ;
  vector_frame before;
  if (unmasked & (MXCSR_OE | MXCSR_UE)) before = *frame;
  run(frame, slot_of(i));
  uint32_t flags = frame->mxcsr & MXCSR_FLAGS;
  if (!unmasked) {
    FIELD(uint32_t, e->env, ENV_MXCSR) = mxcsr | flags;
    return;
  }
  bool has_stages = i->map == MAP_0F3A && i->opcode >= 0x40;  // DPPS, DPPD: the flags of all stages
  if (unmasked & (MXCSR_OE | MXCSR_UE) && seams_vector_may_leave_range(i)) {
    seams_take_x87_back(e);  // software that computes with 113 bits raises flags there
    bool is_double = seams_vector_has_double_results(i);
    int count = seams_vector_result_count(i);
    // With unmasked underflow a tiny result is an exception also when it is exact, and is not flushed to 0.
    if (unmasked & MXCSR_UE && seams_has_tiny_lane(frame->destination, is_double, count)) flags |= MXCSR_UE;
    if (unmasked & MXCSR_UE && has_stages && has_tiny_stage(i, &before, run, is_double)) flags |= MXCSR_UE;
    if (flags & unmasked & (MXCSR_OE | MXCSR_UE) && i->map == MAP_0F) {
      flags = (flags & ~(uint32_t)MXCSR_PE) | seams_precision_flag(i, &before, frame, unmasked, is_double, count);
    }
  }
  uint32_t before_computing = flags & (MXCSR_IE | MXCSR_DE | MXCSR_ZE);
  if (before_computing & unmasked && !has_stages) flags = before_computing;
  FIELD(uint32_t, e->env, ENV_MXCSR) = mxcsr | flags;
  if (flags & unmasked) raise_unmasked(e, ra);
}

// The same where the destination is the XMM register that ModRM.reg names.
static void compute_register(seams_engine *e, const instruction *i, vector_frame *frame, void (*run)(vector_frame *, const void *),
                             uintptr_t ra) {
  memcpy(frame->destination, seams_xmm(e, i->reg), 16);
  compute(e, i, frame, run, ra);
  memcpy(seams_xmm(e, i->reg), frame->destination, 16);
}

// With all exceptions masked nothing can come of an instruction but its result and flags.
static bool is_masked(const seams_engine *e) { return (FIELD(uint32_t, e->env, ENV_MXCSR) & MXCSR_MASKS) == MXCSR_MASKS; }

// The source is in the frame. Returns what goes to a general register, or the flags of a comparison.
static uint64_t apply(seams_engine *e, const instruction *i, vector_frame *frame, uintptr_t ra) {
  uint64_t low, high;
  memcpy(&low, frame->source, 8);
  memcpy(&high, frame->source + 8, 8);
  if (is_masked(e)) {
    seams_lend_mxcsr(e);
    vector_call *call = seams_vector_call_of(i);
    if (call) return call(seams_xmm(e, i->reg), &e->lent_mxcsr, i, low, high);
    seams_vector_step(seams_xmm(e, i->reg), frame->source, slot_of(i));
    return 0;
  }
  frame->general = low;
  if (seams_vector_writes_general(i)) {
    compute(e, i, frame, seams_native_vector, ra);
    return frame->general;
  }
  compute_register(e, i, frame, seams_native_vector, ra);
  return frame->flags & (FLAG_CF | FLAG_PF | FLAG_ZF);
}

uint64_t seams_vector_unlent(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high, uintptr_t ra) {
  vector_frame frame;
  (void)destination, (void)is_lent;
  memcpy(frame.source, &low, 8);
  memcpy(frame.source + 8, &high, 8);
  return apply(seams_current, i, &frame, ra);
}

static void run_arithmetic(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  load_source(e, i, &frame, ra);
  apply(e, i, &frame, ra);
}

// Denormals count as 0, and results that would be denormal become 0 (SDM volume 2, RCPPS and RSQRTPS).
static uint32_t approximate(uint32_t bits, bool is_root) {
  const uint32_t infinity = 0x7f800000, least_normal = 0x00800000, quiet = 0x00400000, indefinite = 0xffc00000;
  uint32_t sign = bits & 0x80000000, magnitude = bits & 0x7fffffff;
  if (magnitude > infinity) return bits | quiet;
  if (magnitude < least_normal) return sign | infinity;
  if (is_root && sign) return indefinite;
  float value;
  memcpy(&value, &bits, 4);
  value = (float)(is_root ? 1 / sqrt((double)value) : 1 / (double)value);
  memcpy(&bits, &value, 4);
  return (bits & 0x7fffffff) < least_normal ? sign : bits;
}

// RSQRTPS, RSQRTSS, RCPPS, RCPSS: no flags, no exceptions.
static void run_approximation(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  load_source(e, i, &frame, ra);
  seams_take_mxcsr_back(e);
  uint8_t *destination = seams_xmm(e, i->reg);
  int lanes = i->mandatory == PREFIX_F3 ? 1 : 4;
  for (int lane = 0; lane < lanes; lane++) {
    uint32_t bits;
    memcpy(&bits, frame.source + 4 * lane, 4);
    bits = approximate(bits, i->opcode == 0x52);
    memcpy(destination + 4 * lane, &bits, 4);
  }
}

// PHADD, PHSUB: the library overwrites a source that is the destination too early. No flags, no exceptions.
static void run_horizontal(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame = {.mxcsr = MXCSR_MASKS};
  seams_check_vector(e, ra);
  load_source(e, i, &frame, ra);
  memcpy(frame.destination, seams_xmm(e, i->reg), 16);
  seams_native_vector(&frame, slot_of(i));
  memcpy(seams_xmm(e, i->reg), frame.destination, 16);
}

// MASKMOVDQU: all of it must be writable.
static void run_maskmov(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_vector(e, ra);
  seams_store_masked(e, i, seams_xmm(e, i->reg), seams_xmm(e, i->rm), 16, ra);
}

// COMISS UCOMISS COMISD UCOMISD
static void run_compare(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  load_source(e, i, &frame, ra);
  seams_write_flags(e, (uint32_t)apply(e, i, &frame, ra));
}

// CVTSI2SS CVTSI2SD
static void run_from_general(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  uint64_t source = seams_read_operand(e, i, i->wide ? 8 : 4, ra);
  memcpy(frame.source, &source, 8);
  apply(e, i, &frame, ra);
}

// CVT(T)SS2SI CVT(T)SD2SI
static void run_to_general(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  load_source(e, i, &frame, ra);
  seams_write_register(e, i, i->reg, i->wide ? 8 : 4, apply(e, i, &frame, ra));
}

// CVTPI2PS CVTPI2PD: with a source in memory the x87 unit is not touched.
static void run_from_mmx(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  seams_take_x87_back(e);  // the slot uses the host's MMX registers
  if (i->is_memory) {
    seams_load(e, seams_linear_address(e, i), &frame.mmx_source, 8, ra);
  } else {
    seams_check_x87(e, ra);
    seams_enter_mmx(e);
    frame.mmx_source = *seams_mmx(e, i->rm & 7);
  }
  compute_register(e, i, &frame, seams_native_vector_mmx, ra);
}

// CVT(T)PS2PI CVT(T)PD2PI
static void run_to_mmx(seams_engine *e, const instruction *i, uintptr_t ra) {
  vector_frame frame;
  seams_check_vector(e, ra);
  seams_check_x87(e, ra);
  load_source(e, i, &frame, ra);
  seams_enter_mmx(e);
  frame.mmx_destination = 0;
  compute(e, i, &frame, seams_native_vector_mmx, ra);
  seams_write_mmx(e, i->reg & 7, frame.mmx_destination);
}

// STMXCSR
static void run_stmxcsr(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_vector(e, ra);
  seams_take_mxcsr_back(e);
  seams_write_operand(e, i, 4, FIELD(uint32_t, e->env, ENV_MXCSR), ra);
}

// LDMXCSR: reserved bits are #GP(0).
static void run_ldmxcsr(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint32_t value;
  seams_check_vector(e, ra);
  seams_load(e, seams_linear_address(e, i), &value, 4, ra);
  if (value & ~(uint32_t)MXCSR_VALID) seams_raise(e, VECTOR_GP, 0, ra);
  seams_write_mxcsr(e, value);
}

// MARK: table

#define ROW(map, opcodes, prefixes, operand, run, traits) {map, opcodes, prefixes, ANY_REG, operand, ANY_CODE, LEGACY, {run, traits}}
#define ONE(opcode) opcode, opcode
#define TO(first, last) first, last
const form_row seams_vector_forms[] = {
    ROW(MAP_0F, ONE(0x2a), ON_F3 | ON_F2, ANY_OPERAND, run_from_general, TRAIT_CALL),
    ROW(MAP_0F, ONE(0x2a), NOT_REPEATED, ANY_OPERAND, run_from_mmx, 0),
    ROW(MAP_0F, TO(0x2c, 0x2d), ON_F3 | ON_F2, ANY_OPERAND, run_to_general, TRAIT_CALL),
    ROW(MAP_0F, TO(0x2c, 0x2d), NOT_REPEATED, ANY_OPERAND, run_to_mmx, 0),
    ROW(MAP_0F, TO(0x2e, 0x2f), NOT_REPEATED, ANY_OPERAND, run_compare, TRAIT_SETS_FLAGS | TRAIT_CALL),
    ROW(MAP_0F, ONE(0x51), ANY_PREFIX, ANY_OPERAND, run_arithmetic, TRAIT_CALL),                    // SQRT
    ROW(MAP_0F, TO(0x52, 0x53), ON_NONE | ON_F3, ANY_OPERAND, run_approximation, 0),       // RSQRT RCP
    ROW(MAP_0F, TO(0x58, 0x5a), ANY_PREFIX, ANY_OPERAND, run_arithmetic, TRAIT_CALL),               // ADD MUL CVTPS2PD
    ROW(MAP_0F, ONE(0x5b), ON_NONE | ON_66 | ON_F3, ANY_OPERAND, run_arithmetic, TRAIT_CALL),       // CVTDQ2PS CVT(T)PS2DQ
    ROW(MAP_0F, TO(0x5c, 0x5f), ANY_PREFIX, ANY_OPERAND, run_arithmetic, TRAIT_CALL),               // SUB MIN DIV MAX
    ROW(MAP_0F, TO(0x7c, 0x7d), ON_66 | ON_F2, ANY_OPERAND, run_arithmetic, TRAIT_CALL),            // HADD HSUB
    ROW(MAP_0F, ONE(0xc2), ANY_PREFIX, ANY_OPERAND, run_arithmetic, TRAIT_CALL),                    // CMP
    ROW(MAP_0F, ONE(0xd0), ON_66 | ON_F2, ANY_OPERAND, run_arithmetic, TRAIT_CALL),                 // ADDSUB
    ROW(MAP_0F, ONE(0xe6), ON_66 | ON_F3 | ON_F2, ANY_OPERAND, run_arithmetic, TRAIT_CALL),         // CVTDQ2PD CVT(T)PD2DQ
    ROW(MAP_0F3A, TO(0x08, 0x0b), ON_66, ANY_OPERAND, run_arithmetic, TRAIT_CALL),                  // ROUND
    ROW(MAP_0F3A, TO(0x40, 0x41), ON_66, ANY_OPERAND, run_arithmetic, TRAIT_CALL),                  // DPPS DPPD
    ROW(MAP_0F38, TO(0x01, 0x03), ON_66, ANY_OPERAND, run_horizontal, 0),
    ROW(MAP_0F38, TO(0x05, 0x07), ON_66, ANY_OPERAND, run_horizontal, 0),
    ROW(MAP_0F, ONE(0xf7), ON_66, REGISTER, run_maskmov, 0),
    {MAP_0F, ONE(0xae), ON_NONE, REG(2), MEMORY, ANY_CODE, LEGACY, {run_ldmxcsr, 0}},
    {MAP_0F, ONE(0xae), ON_NONE, REG(3), MEMORY, ANY_CODE, LEGACY, {run_stmxcsr, 0}},
};
const unsigned seams_vector_form_count = sizeof seams_vector_forms / sizeof *seams_vector_forms;
