// Integer instructions that the library computes wrongly: BMI1 and BMI2, and a few of the base set.
//
// Flags that the manual leaves undefined (SDM volume 1, appendix A) are 0 here unless silicon agrees on something else.

#include <string.h>

#include "forms.h"

static uint64_t mask_of(int bytes) { return bytes == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * bytes)) - 1; }
static uint64_t sign_of(int bytes) { return (uint64_t)1 << (8 * bytes - 1); }

static uint32_t parity(uint64_t value) { return __builtin_parity((uint8_t)value) ? 0 : FLAG_PF; }

static uint32_t zero_and_sign(uint64_t value, int bytes) {
  return (value & mask_of(bytes) ? 0 : FLAG_ZF) | (value & sign_of(bytes) ? FLAG_SF : 0);
}

// MARK: BMI1 and BMI2 (SDM volume 2)

// ANDN reg, vvvv, rm
static void run_andn(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t result = ~seams_read_register(e, i, i->vex_register, bytes) & seams_read_operand(e, i, bytes, ra);
  seams_write_register(e, i, i->reg, bytes, result);
  seams_write_flags(e, zero_and_sign(result, bytes));
}

// BEXTR reg, rm, vvvv: start in bits 0-7, length in bits 8-15
static void run_bextr(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t source = seams_read_operand(e, i, bytes, ra), control = seams_read_register(e, i, i->vex_register, bytes);
  uint32_t start = control & 0xff, length = control >> 8 & 0xff;
  uint64_t result = start < 64 ? source >> start : 0;
  if (length < 64) result &= ((uint64_t)1 << length) - 1;
  seams_write_register(e, i, i->reg, bytes, result);
  seams_write_flags(e, result & mask_of(bytes) ? 0 : FLAG_ZF);
}

// BLSR (/1), BLSMSK (/2), BLSI (/3): vvvv, rm
static void run_bls(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t source = seams_read_operand(e, i, bytes, ra), result;
  bool carry = source == 0;
  switch (i->reg & 7) {
    case 1: result = source & (source - 1); break;
    case 2: result = source ^ (source - 1); break;
    default:
      result = source & -source;
      carry = source != 0;
  }
  result &= mask_of(bytes);
  seams_write_register(e, i, i->vex_register, bytes, result);
  // BLSMSK: ZF is cleared, which its result, never 0, gives by itself.
  seams_write_flags(e, zero_and_sign(result, bytes) | (carry ? FLAG_CF : 0));
}

// BZHI reg, rm, vvvv
static void run_bzhi(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t result = seams_read_operand(e, i, bytes, ra);
  uint32_t index = seams_read_register(e, i, i->vex_register, bytes) & 0xff;
  bool beyond = index >= 8u * (uint32_t)bytes;
  if (!beyond) result &= ((uint64_t)1 << index) - 1;
  seams_write_register(e, i, i->reg, bytes, result);
  seams_write_flags(e, zero_and_sign(result, bytes) | (beyond ? FLAG_CF : 0));
}

// Hosts have these instructions or not; the answers are the same.
__attribute__((target("bmi2"))) static uint64_t host_pdep(uint64_t source, uint64_t mask) { return __builtin_ia32_pdep_di(source, mask); }
__attribute__((target("bmi2"))) static uint64_t host_pext(uint64_t source, uint64_t mask) { return __builtin_ia32_pext_di(source, mask); }
static bool host_has_bmi2;
__attribute__((constructor)) static void look_at_host(void) { host_has_bmi2 = __builtin_cpu_supports("bmi2"); }

static uint64_t deposit(uint64_t source, uint64_t mask) {
  if (host_has_bmi2) return host_pdep(source, mask);
  uint64_t result = 0;
  for (; mask; mask &= mask - 1, source >>= 1)
    if (source & 1) result |= mask & -mask;
  return result;
}

static uint64_t extract(uint64_t source, uint64_t mask) {
  if (host_has_bmi2) return host_pext(source, mask);
  uint64_t result = 0;
  for (uint64_t bit = 1; mask; mask &= mask - 1, bit <<= 1)
    if (source & mask & -mask) result |= bit;
  return result;
}

// PDEP reg, vvvv, rm
static void run_pdep(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t mask = seams_read_operand(e, i, bytes, ra);
  seams_write_register(e, i, i->reg, bytes, deposit(seams_read_register(e, i, i->vex_register, bytes), mask));
}

// PEXT reg, vvvv, rm
static void run_pext(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t mask = seams_read_operand(e, i, bytes, ra);
  seams_write_register(e, i, i->reg, bytes, extract(seams_read_register(e, i, i->vex_register, bytes), mask));
}

// MULX reg, vvvv, rm: the high half goes to reg, which counts when both are the same
static void run_mulx(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t a = seams_read_register(e, i, RDX, bytes), b = seams_read_operand(e, i, bytes, ra);
  unsigned __int128 product = (unsigned __int128)a * b;
  seams_write_register(e, i, i->vex_register, bytes, (uint64_t)product);
  seams_write_register(e, i, i->reg, bytes, (uint64_t)(product >> (8 * bytes)));
}

// RORX reg, rm, imm8: vvvv must be 1111
static void run_rorx(seams_engine *e, const instruction *i, uintptr_t ra) {
  if (i->vex_register) seams_raise(e, VECTOR_UD, 0, ra);
  int bytes = i->operand_bytes, bits = 8 * bytes, count = (int)(i->immediate & (uint64_t)(bits - 1));
  uint64_t source = seams_read_operand(e, i, bytes, ra);
  uint64_t result = count ? source >> count | source << (bits - count) : source;
  seams_write_register(e, i, i->reg, bytes, result);
}

// SHLX (66), SARX (F3), SHRX (F2) reg, rm, vvvv
static void run_shift_without_flags(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes, count = (int)(seams_read_register(e, i, i->vex_register, bytes) & (uint64_t)(8 * bytes - 1));
  uint64_t source = seams_read_operand(e, i, bytes, ra), result;
  switch (i->mandatory) {
    case PREFIX_66: result = source << count; break;
    case PREFIX_F3: result = (uint64_t)((bytes == 8 ? (int64_t)source : (int32_t)source) >> count); break;
    default: result = source >> count;
  }
  seams_write_register(e, i, i->reg, bytes, result);
}

// MARK: the base set

static int width_of(const instruction *i) { return i->opcode & 1 ? i->operand_bytes : 1; }

// RCL and RCR of memory (C0, C1, D0-D3 /2 /3): the library loses the flags if the store faults.
static void run_rotate_through_carry(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = width_of(i), bits = 8 * bytes;
  uint32_t flags = seams_read_flags(e);
  uint32_t count = i->opcode < 0xd0 ? (uint32_t)i->immediate : i->opcode < 0xd2 ? 1 : (uint32_t)*seams_gpr(e, RCX);
  count &= bytes == 8 ? 63 : 31;
  uint32_t turns = count % (uint32_t)(bits + 1);
  uint64_t value = seams_read_operand(e, i, bytes, ra);
  bool carry = flags & FLAG_CF, is_left = (i->reg & 7) == 2;
  for (uint32_t n = 0; n < turns; n++) {
    bool out = is_left ? value & sign_of(bytes) : value & 1;
    value = is_left ? (value << 1 | carry) & mask_of(bytes) : value >> 1 | (carry ? sign_of(bytes) : 0);
    carry = out;
  }
  seams_write_operand(e, i, bytes, value, ra);
  if (count == 0) {
    seams_write_flags(e, flags);
    return;
  }
  bool top = value & sign_of(bytes), second = value & sign_of(bytes) >> 1;
  bool overflow = is_left ? top != carry : top != second;
  seams_write_flags(e, (flags & ~(uint32_t)(FLAG_CF | FLAG_OF)) | (carry ? FLAG_CF : 0) | (overflow ? FLAG_OF : 0));
}

// LOCK NEG: the library computes the flags from the wrong operand.
static void run_neg(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = width_of(i);
  uint64_t value = seams_read_operand(e, i, bytes, ra), result = -value & mask_of(bytes);
  seams_write_operand(e, i, bytes, result, ra);
  seams_write_flags(e, zero_and_sign(result, bytes) | parity(result) | (value ? FLAG_CF : 0) | (value & 0xf ? FLAG_AF : 0) |
                           (value == sign_of(bytes) ? FLAG_OF : 0));
}

// CMPXCHG: the destination is written in any case, with its own value if the comparison fails; a 32-bit register whose
// comparison fails keeps its upper half (SDM volume 2, CMPXCHG), and RAX keeps its own if it succeeds.
static void run_cmpxchg(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = width_of(i);
  uint64_t expected = seams_read_register(e, i, RAX, bytes), found = seams_read_operand(e, i, bytes, ra);
  uint64_t result = (expected - found) & mask_of(bytes);
  bool equal = expected == found;
  if (equal)
    seams_write_operand(e, i, bytes, seams_read_register(e, i, i->reg, bytes), ra);
  else if (i->is_memory)
    seams_write_operand(e, i, bytes, found, ra);
  if (!equal) seams_write_register(e, i, RAX, bytes, found);
  uint64_t overflow = (expected ^ found) & (expected ^ result) & sign_of(bytes);
  seams_write_flags(e, zero_and_sign(result, bytes) | parity(result) | (expected < found ? FLAG_CF : 0) |
                           ((expected ^ found ^ result) & 0x10 ? FLAG_AF : 0) | (overflow ? FLAG_OF : 0));
}

// CMPXCHG8B, CMPXCHG16B (0F C7 /1): memory is written in any case.
static void run_cmpxchg_pair(seams_engine *e, const instruction *i, uintptr_t ra) {
  int half = i->wide ? 8 : 4;
  uint64_t address = seams_linear_address(e, i), found[2] = {0, 0}, wanted[2];
  uint8_t pair[16];
  if (half == 8 && address & 15) seams_raise(e, VECTOR_GP, 0, ra);
  seams_load(e, address, pair, (uint32_t)(2 * half), ra);
  memcpy(&found[0], pair, (size_t)half);
  memcpy(&found[1], pair + half, (size_t)half);
  bool equal = found[0] == seams_read_register(e, i, RAX, half) && found[1] == seams_read_register(e, i, RDX, half);
  wanted[0] = equal ? seams_read_register(e, i, RBX, half) : found[0];
  wanted[1] = equal ? seams_read_register(e, i, RCX, half) : found[1];
  memcpy(pair, &wanted[0], (size_t)half);
  memcpy(pair + half, &wanted[1], (size_t)half);
  seams_store(e, address, pair, (uint32_t)(2 * half), ra);
  if (!equal) {
    seams_write_register(e, i, RAX, half, found[0]);
    seams_write_register(e, i, RDX, half, found[1]);
  }
  seams_write_flags(e, (seams_read_flags(e) & ~(uint32_t)FLAG_ZF) | (equal ? FLAG_ZF : 0));
}

// BSF, BSR of 0: ZF alone says so, and the destination keeps all of its 64 bits, as processors do it.
static void run_bit_scan(seams_engine *e, const instruction *i, uintptr_t ra) {
  int bytes = i->operand_bytes;
  uint64_t source = seams_read_operand(e, i, bytes, ra);
  uint32_t flags = seams_read_flags(e) & ~(uint32_t)FLAG_ZF;
  seams_write_flags(e, flags | (source ? 0 : FLAG_ZF));
  if (!source) return;
  int at = i->opcode == 0xbc ? __builtin_ctzll(source) : 63 - __builtin_clzll(source);
  seams_write_register(e, i, i->reg, bytes, (uint64_t)at);
}

// BSWAP of 16 bits is undefined (SDM volume 2, BSWAP); processors clear them.
static void run_bswap16(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)ra;
  seams_write_register(e, i, (i->opcode & 7) | (i->rex & 1) << 3, 2, 0);
}

// LAHF, SAHF: the library takes SPL for AH if there is a REX.
static void run_lahf(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i, (void)ra;
  uint64_t *rax = seams_gpr(e, RAX);
  *rax = (*rax & ~(uint64_t)0xff00) | (uint64_t)((seams_read_flags(e) & 0xd5) | 2) << 8;
}

static void run_sahf(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i, (void)ra;
  seams_write_flags(e, (seams_read_flags(e) & FLAG_OF) | (*seams_gpr(e, RAX) >> 8 & 0xd5));
}

// PREFETCH with a register operand, and other hints.
static void run_nothing(seams_engine *e, const instruction *i, uintptr_t ra) { (void)e, (void)i, (void)ra; }

// CLFLUSH, CLFLUSHOPT, CLWB: an access like a read of a byte.
static void run_clflush(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t byte;
  seams_load(e, seams_linear_address(e, i), &byte, 1, ra);
}

// MARK: table

const form_row seams_integer_forms[] = {
    // map, opcodes, prefixes, /reg, operand, code, VEX
    {MAP_0F38, 0xf2, 0xf2, ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_andn, TRAIT_SETS_FLAGS}},
    {MAP_0F38, 0xf3, 0xf3, ON_NONE, REG(1) | REG(2) | REG(3), ANY_OPERAND, ANY_CODE, VEX_128, {run_bls, TRAIT_SETS_FLAGS}},
    {MAP_0F38, 0xf5, 0xf5, ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_bzhi, TRAIT_SETS_FLAGS}},
    {MAP_0F38, 0xf5, 0xf5, ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_pdep, 0}},
    {MAP_0F38, 0xf5, 0xf5, ON_F3, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_pext, 0}},
    {MAP_0F38, 0xf6, 0xf6, ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_mulx, 0}},
    {MAP_0F38, 0xf7, 0xf7, ON_NONE, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_bextr, TRAIT_SETS_FLAGS}},
    {MAP_0F38, 0xf7, 0xf7, ON_66 | ON_F3 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_shift_without_flags, 0}},
    {MAP_0F3A, 0xf0, 0xf0, ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, VEX_128, {run_rorx, 0}},
    {MAP_ONE, 0xc0, 0xc1, ANY_PREFIX, REG(2) | REG(3), MEMORY, ANY_CODE, LEGACY, {run_rotate_through_carry, TRAIT_MODIFIES | TRAIT_SETS_FLAGS}},
    {MAP_ONE, 0xd0, 0xd3, ANY_PREFIX, REG(2) | REG(3), MEMORY, ANY_CODE, LEGACY, {run_rotate_through_carry, TRAIT_MODIFIES | TRAIT_SETS_FLAGS}},
    {MAP_ONE, 0xf6, 0xf7, ANY_PREFIX, REG(3), MEMORY, ANY_CODE, LOCKED, {run_neg, TRAIT_MODIFIES | TRAIT_SETS_FLAGS}},
    {MAP_0F, 0xc7, 0xc7, ANY_PREFIX, REG(1), MEMORY, ANY_CODE, LEGACY, {run_cmpxchg_pair, TRAIT_MODIFIES | TRAIT_SETS_FLAGS}},
    {MAP_0F, 0xbc, 0xbd, ON_NONE | ON_66 | ON_F2, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run_bit_scan, TRAIT_SETS_FLAGS}},
    {MAP_0F, 0xc8, 0xcf, ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE | OPERAND_16, LEGACY, {run_bswap16, 0}},
    {MAP_ONE, 0x9e, 0x9e, ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run_sahf, TRAIT_SETS_FLAGS}},
    {MAP_ONE, 0x9f, 0x9f, ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run_lahf, 0}},
    {MAP_0F, 0x18, 0x18, ANY_PREFIX, ANY_REG, REGISTER, ANY_CODE, LEGACY, {run_nothing, 0}},
    {MAP_0F, 0xae, 0xae, NOT_REPEATED, REG(7), MEMORY, ANY_CODE, LEGACY, {run_clflush, 0}},
    {MAP_0F, 0xae, 0xae, ON_66, REG(6), MEMORY, ANY_CODE, LEGACY, {run_clflush, 0}},
    {MAP_0F, 0xb0, 0xb1, ANY_PREFIX, ANY_REG, ANY_OPERAND, ANY_CODE, LEGACY, {run_cmpxchg, TRAIT_MODIFIES | TRAIT_SETS_FLAGS}},
};
const unsigned seams_integer_form_count = sizeof seams_integer_forms / sizeof *seams_integer_forms;
