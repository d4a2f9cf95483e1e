// From an instruction's bytes to the block being translated: by a form of ours (forms.h), or by the library, which is shown
// bytes that it understands as the CPU does and whose memory accesses get the traits of the instruction.

#include <string.h>

#include "emit.h"
#include "known_forms.h"
#include "profile.h"
#include "vector_calls.h"

uint32_t __real_cpu_ldub_code_x86_64(void *env, uint64_t address);
uint32_t __real_cpu_ldl_code_x86_64(void *env, uint64_t address);

// MARK: bytes for the library

// What the library reads in place of the guest's bytes while it translates one instruction.
static _Thread_local struct {
  uint64_t start;
  uint8_t count, bytes[INSTRUCTION_BYTES_MAX];
} shown;

uint32_t __wrap_cpu_ldub_code_x86_64(void *env, uint64_t address) {
  uint64_t at = address - shown.start;
  return at < shown.count ? shown.bytes[at] : __real_cpu_ldub_code_x86_64(env, address);
}

uint32_t __wrap_cpu_ldl_code_x86_64(void *env, uint64_t address) {
  uint64_t at = address - shown.start;
  if (at >= shown.count || shown.count - at < 4) return __real_cpu_ldl_code_x86_64(env, address);
  uint32_t value;
  memcpy(&value, shown.bytes + at, 4);
  return value;
}

// Opcodes of which F2 and F3 select another instruction, so that 66 beside them means nothing; POPCNT, of which REX.W hides 66.
static bool hides_operand_prefix(const instruction *i) {
  uint8_t op = i->opcode;
  if (i->map == MAP_0F38) return op == 0xf6;
  if (op == 0xb8) return i->wide;
  return i->map == MAP_0F && ((op >= 0x10 && op < 0x18) || (op >= 0x28 && op < 0x30) || (op >= 0x50 && op < 0x80) || op == 0xc2 ||
                              (op >= 0xc4 && op < 0xc7) || op >= 0xd0);
}

// The library takes a REX before another prefix for live, F2 and F3 for both, 66 before F2 and F3, a segment that 64-bit code
// ignores for an override, F6 /1 and C6 /0 with REX.R for undefined, and forgets the immediate of SHLD and SHRD in an address
// relative to RIP. A prefix that does not count is shown as a copy of one that does.
static bool show_canonical(const instruction *i, uint64_t address) {
  uint8_t repeat = i->has_repne ? 0xf2 : i->has_rep ? 0xf3 : 0;
  memcpy(shown.bytes, i->bytes, i->length);
  for (int n = i->prefix_count - 1; n >= 0; n--) {
    uint8_t *byte = &shown.bytes[n];
    bool is_last = n == i->prefix_count - 1;
    if (i->code_bits == 64 && (*byte & 0xf0) == 0x40) {
      if (!is_last) *byte = byte[1];
    } else if (*byte == 0xf2 || *byte == 0xf3 || (*byte == 0x66 && repeat && hides_operand_prefix(i))) {
      *byte = repeat;
    } else if (i->code_bits == 64 && i->has_override && (*byte & 0xe7) == 0x26) {
      *byte = i->segment == SEGMENT_FS ? 0x64 : 0x65;
    }
  }
  if (i->map == MAP_ONE && (i->opcode & 0xfe) == 0xf6 && (i->modrm >> 3 & 7) == 1) shown.bytes[i->modrm_at] &= 0xc7;
  if (i->map == MAP_ONE && (i->opcode & 0xfe) == 0xc6 && i->rex) shown.bytes[i->prefix_count - 1] &= (uint8_t)~4;
  if (i->map == MAP_0F && (i->opcode & 0xf7) == 0xa4 && i->base == REGISTER_RIP) {
    int32_t displacement = (int32_t)i->displacement + 1;
    memcpy(shown.bytes + i->modrm_at + 1, &displacement, 4);
  }
  if (memcmp(shown.bytes, i->bytes, i->length) == 0) return false;
  shown.start = address;
  shown.count = i->length;
  return true;
}

// MARK: memory accesses

enum { ACCESSES_MAX = 16, ALIGN_16 = 4 << 8, ALIGN_NATURAL = 7 << 8, ALIGN_MASK = 7 << 8, SIZE_MASK = 3 << 4 };
static _Thread_local struct {
  TCGOp *op[ACCESSES_MAX];
  bool is_store[ACCESSES_MAX];
  unsigned count;
} accesses;

void seams_note_op(TCGOp *op, int opcode) {
  if (opcode < OP_LOAD_I32 || opcode > OP_STORE_I64 || accesses.count == ACCESSES_MAX) return;
  accesses.is_store[accesses.count] = opcode == OP_STORE_I32 || opcode == OP_STORE_I64;
  accesses.op[accesses.count++] = op;
}

// The library reads 8 bytes for a near branch of 16 bits and uses 2.
static void narrow_branch_operand(const instruction *i, uint32_t traits) {
  enum { SIZE_2 = 1 << 4 };
  if (!(traits & TRAIT_BRANCH) || i->code_bits != 64 || i->operand_bytes != 2 || !i->is_memory || accesses.count == 0) return;
  TCGArg *access = &seams_op_arguments(accesses.op[0])[2];
  *access = (*access & ~(TCGArg)SIZE_MASK) | SIZE_2;
}

// The third argument of a guest memory access: mmu index, then the size with the alignment that it asks for.
static void ask_for_alignment(uint32_t traits, bool is_checked) {
  for (unsigned n = 0; n < accesses.count; n++) {
    TCGArg *access = &seams_op_arguments(accesses.op[n])[2];
    bool is_store = accesses.is_store[n];
    if (n == 0 && (traits & TRAIT_ALIGNED || (traits & TRAIT_WIDE && (is_store || is_checked))))
      *access = (*access & ~(TCGArg)ALIGN_MASK) | ALIGN_16;
    else if ((is_checked || (n == 0 && traits & TRAIT_MODIFIES)) && *access & SIZE_MASK)
      *access = (*access & ~(TCGArg)ALIGN_MASK) | ALIGN_NATURAL;
  }
}

// MARK: near branches

// The instruction being translated, if it is a near branch through memory whose target has not been looked at yet.
static _Thread_local bool branch_waits;

// Leaves the block if a target is not canonical, where at_horizon (count.c) raises #GP: the target plus 2^47 has bits 63-48 clear.
static void emit_target_check(void *tcg, TCGArg target) {
  void *sum = tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false);
  uintptr_t half = tcg_const_i64_x86_64(tcg, (int64_t)1 << 47), shift = tcg_const_i64_x86_64(tcg, 48);
  tcg_gen_op3_x86_64(tcg, OP_ADD_I64, (TCGArg)sum, target, (TCGArg)tcg + half);
  tcg_gen_op3_x86_64(tcg, OP_SHR_I64, (TCGArg)sum, (TCGArg)sum, (TCGArg)tcg + shift);
  // Of the conditional branches only this one lets temporaries live on; the 16 bits that are left fit.
  __real_tcg_gen_brcondi_i32_x86_64(tcg, TCG_COND_NE, (uintptr_t)sum - (uintptr_t)tcg, 0, seams_exit_label());
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + shift);
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + half);
  tcg_temp_free_internal_x86_64(tcg, sum);
}

// True while a load of 16 bytes in two parts is translated, up to its first part.
static _Thread_local bool wide_load_waits;

// Reads the one byte of 16 whose address is a multiple of 16, which begins the second page if there is one: its fault comes
// before the library writes the first part to the register.
static void emit_look_ahead(void *tcg, uintptr_t address, uintptr_t index) {
  enum { ONE_BYTE = 0 };
  uint8_t *place = tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false);
  uintptr_t distance = tcg_const_i64_x86_64(tcg, 15), mask = tcg_const_i64_x86_64(tcg, -16);
  tcg_gen_op3_x86_64(tcg, OP_ADD_I64, (TCGArg)place, (TCGArg)tcg + address, (TCGArg)tcg + distance);
  tcg_gen_op3_x86_64(tcg, OP_AND_I64, (TCGArg)place, (TCGArg)place, (TCGArg)tcg + mask);
  uintptr_t at = (uintptr_t)place - (uintptr_t)tcg;
  __real_tcg_gen_qemu_ld_i64_x86_64(tcg, at, at, index, ONE_BYTE);
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + mask);
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + distance);
  tcg_temp_free_internal_x86_64(tcg, place);
}

// The first part of an operand, a target, or the return address, has just been read.
void __wrap_tcg_gen_qemu_ld_i64_x86_64(void *tcg, uintptr_t value, uintptr_t address, uintptr_t index, int kind) {
  __real_tcg_gen_qemu_ld_i64_x86_64(tcg, value, address, index, kind);
  if (wide_load_waits) {
    wide_load_waits = false;
    emit_look_ahead(tcg, address, index);
  }
  if (!branch_waits) return;
  branch_waits = false;
  emit_target_check(tcg, (TCGArg)tcg + value);
}

// MARK: translation

static uint8_t read_code(void *env, uint64_t address) { return (uint8_t)__real_cpu_ldub_code_x86_64(env, address); }

static int code_bits_of(const disas_context *block) {
  return FIELD(int, block, DC_CODE64) ? 64 : FIELD(int, block, DC_CODE32) ? 32 : 16;
}

// The library knows the kind of the flags lazily, at translation; a call of ours must find it in memory.
static void emit_flags_kind(void *tcg, disas_context *block) {
  if (!FIELD(bool, block, DC_CC_OP_DIRTY)) return;
  TCGOp *op = __real_tcg_emit_op_x86_64(tcg, OP_MOVI_I32);
  seams_op_arguments(op)[0] = (TCGArg)tcg + FIELD(uintptr_t, tcg, TCG_CPU_CC_OP);
  seams_op_arguments(op)[1] = (TCGArg)FIELD(int, block, DC_CC_OP);
  FIELD(bool, block, DC_CC_OP_DIRTY) = false;
}

static bool checks_alignment(const disas_context *block) {
  return FIELD(int, block, DC_CPL) == 3 && FIELD(uint32_t, block->tb, TB_FLAGS) & RFLAGS_AC;
}

// Ends the block behind an instruction that the library has not seen, where the library would.
static void end_where_due(disas_context *block) {
  enum { BLOCK_BYTES_MAX = 4096 - 32 };
  bool is_alone = FIELD(int, block, DC_TF) || FIELD(uint32_t, block->tb, TB_FLAGS) & HF_INHIBIT_IRQ_MASK;
  if (is_alone || block->pc_next - block->pc_first >= BLOCK_BYTES_MAX) block->is_jmp = DISAS_TOO_MANY;
}

static void emit_own(seams_engine *e, disas_context *block, const instruction *i, form f) {
  emit_flags_kind(e->tcg, block);
  seams_emit_eip(e->tcg);
  block->pc_next += i->length;
  if (f.traits & TRAIT_UNDEFINED) {
    seams_emit_call(e->tcg, CALL_UNDEFINED, 0);
    block->is_jmp = DISAS_NORETURN;
    return;
  }
  seams_emit_call(e->tcg, CALL_FORM, (uint64_t)(uintptr_t)seams_know(e, i, f));
  if (f.traits & TRAIT_SETS_FLAGS) FIELD(int, block, DC_CC_OP) = CC_OP_EFLAGS;
  if (f.traits & TRAIT_JUMPS) {
    tcg_gen_lookup_and_goto_ptr_x86_64(e->tcg);
    block->is_jmp = DISAS_NORETURN;
    return;
  }
  end_where_due(block);
}

static void emit_vector(seams_engine *e, disas_context *block, const instruction *i, form f) {
  accesses.count = 0;
  seams_emit_vector(e, block, &seams_know(e, i, f)->i, f);
  ask_for_alignment(f.traits, checks_alignment(block));
  block->pc_next += i->length;
  end_where_due(block);
}

static void emit_by_library(seams_engine *e, disas_context *block, void *cpu, const instruction *i, form f, TCGOp *start,
                            void (*by_library)(disas_context *, void *)) {
  uint64_t mmx = f.traits & TRAIT_MMX ? (uint64_t)(uintptr_t)seams_know(e, i, f) : 0;
  if (mmx) seams_emit_call(e->tcg, CALL_BEFORE_MMX, mmx);
  if (f.traits & (TRAIT_PORT | TRAIT_PREVENTED | TRAIT_COMPARES)) {
    seams_emit_eip(e->tcg);
    int kind = f.traits & TRAIT_PORT ? CALL_CHECK_PORT : f.traits & TRAIT_COMPARES ? CALL_CHECK_SOURCE : CALL_CHECK_PREVENTION;
    seams_emit_call(e->tcg, kind, (uint64_t)(uintptr_t)seams_know(e, i, f));
  }
  bool is_branch = f.traits & TRAIT_BRANCH && i->code_bits == 64 && i->operand_bytes != 2;
  if (is_branch && i->has_modrm && !i->is_memory) emit_target_check(e->tcg, (TCGArg)e->tcg + FIELD(uintptr_t, e->tcg, TCG_CPU_REGS + 8 * i->rm));
  branch_waits = is_branch && !(i->has_modrm && !i->is_memory);
  wide_load_waits = f.traits & TRAIT_WIDE && i->opcode != 0x11 && i->opcode != 0x7f;
  accesses.count = 0;
  bool is_shown = show_canonical(i, block->pc_next);
  by_library(block, cpu);
  if (is_shown) shown.count = 0;
  branch_waits = wide_load_waits = false;
  narrow_branch_operand(i, f.traits);
  ask_for_alignment(f.traits, checks_alignment(block));
  if (f.traits & TRAIT_SAVES_FLAGS && FIELD(int, block, DC_CC_OP) == CC_OP_EFLAGS) {
    TCGArg *kind = &seams_op_arguments(start)[1];
    *kind = (*kind & ~(TCGArg)0xffffffff) | CC_OP_EFLAGS;
  }
  if (mmx && block->is_jmp == DISAS_NEXT) seams_emit_call(e->tcg, CALL_AFTER_MMX, mmx);
}

uint32_t seams_translate(disas_context *block, void *cpu, TCGOp *start, void (*by_library)(disas_context *, void *)) {
  seams_engine *e = seams_current;
  instruction i;
  shown.count = 0;
  branch_waits = wide_load_waits = false;
  seams_decode(&i, code_bits_of(block), block->pc_next, read_code, e->env);
  seams_profile_instruction(e, block->pc_next, &i);
  form f = seams_form_of(&i);
  if (seams_may_emit_vector(block, &i, &f))
    emit_vector(e, block, &i, f);
  else if (f.run || f.traits & TRAIT_UNDEFINED)
    emit_own(e, block, &i, f);
  else
    emit_by_library(e, block, cpu, &i, f, start, by_library);
  return f.traits;
}

// MARK: execution

void seams_run_form(seams_engine *e, const void *value, uintptr_t ra) {
  const known_form *known = value;
  known->form.run(e, &known->i, ra);
}

bool seams_run_call(seams_engine *e, int kind, const void *value, uintptr_t ra) {
  const known_form *known = value;
  switch (kind) {
    case CALL_UNDEFINED: seams_raise(e, VECTOR_UD, 0, ra);
    case CALL_BEFORE_MMX: seams_before_mmx(e, &known->i, ra); return true;
    case CALL_CHECK_PORT: seams_check_string_port(e, &known->i, ra); return true;
    case CALL_CHECK_PREVENTION: seams_check_prevention(e, &known->i, ra); return true;
    case CALL_CHECK_SOURCE: seams_check_source(e, &known->i, ra); return true;
    case CALL_AFTER_MMX: seams_after_mmx(e, &known->i); return true;
    default: return false;
  }
}
