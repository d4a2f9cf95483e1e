// SSE instructions in translated code: their operands by the library's own loads, and the call that computes.
//
// A call of arithmetic may raise an exception but writes no general register behind TCG's back; a plain one touches nothing but an
// XMM register. TCG is told so, and keeps registers of the guest in those of the host over the call.

#include "emit.h"
#include "vector_calls.h"

// MARK: TCG's variables

static void *constant(void *tcg, uint64_t value) { return (uint8_t *)tcg + tcg_const_i64_x86_64(tcg, (int64_t)value); }
static void *temporary(void *tcg) { return tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false); }
static void release(void *tcg, void *temporary) { tcg_temp_free_internal_x86_64(tcg, temporary); }
// One that TCG keeps for all of the guest's code.
static void *global(void *tcg, uint32_t field) { return (uint8_t *)tcg + FIELD(uintptr_t, tcg, field); }
static void *general(void *tcg, int index) { return global(tcg, TCG_CPU_REGS + 8 * (uint32_t)index); }

static void emit(void *tcg, int opcode, void *to, void *first, void *second) {
  tcg_gen_op3_x86_64(tcg, opcode, (TCGArg)to, (TCGArg)first, (TCGArg)second);
}

static void emit_with(void *tcg, int opcode, void *to, void *first, uint64_t second) {
  void *value = constant(tcg, second);
  emit(tcg, opcode, to, first, value);
  release(tcg, value);
}

// Moves a value between `variable` and the guest's state; `opcode` says which way, and how wide.
static void emit_move(void *tcg, int opcode, void *variable, uintptr_t offset) {
  tcg_gen_op3_x86_64(tcg, opcode, (TCGArg)variable, (TCGArg)global(tcg, TCG_CPU_ENV), offset);
}

static uintptr_t xmm_offset(int index) { return ENV_XMM + XMM_BYTES * (uintptr_t)index; }

// MARK: sources

// The linear address of a memory operand in 64-bit code.
static void *emit_address(void *tcg, const disas_context *block, const instruction *i) {
  uint64_t fixed = (uint64_t)i->displacement;
  if (i->base == REGISTER_RIP) fixed += block->pc_next + i->length;
  void *address = constant(tcg, fixed);
  if (i->base >= 0 && i->base != REGISTER_RIP) emit(tcg, OP_ADD_I64, address, address, general(tcg, i->base));
  if (i->index >= 0) {
    void *scaled = temporary(tcg);
    emit_with(tcg, OP_SHL_I64, scaled, general(tcg, i->index), (uint64_t)__builtin_ctz(i->scale));
    emit(tcg, OP_ADD_I64, address, address, scaled);
    release(tcg, scaled);
  }
  if (i->segment >= SEGMENT_FS) emit(tcg, OP_ADD_I64, address, address, global(tcg, TCG_CPU_SEGMENT_BASES + 8 * i->segment));
  return address;
}

static void emit_load(seams_engine *e, void *value, void *address, uint32_t bytes) {
  enum { FOUR_BYTES = 2, EIGHT_BYTES = 3 };
  uintptr_t to = (uintptr_t)value - (uintptr_t)e->tcg, from = (uintptr_t)address - (uintptr_t)e->tcg;
  __real_tcg_gen_qemu_ld_i64_x86_64(e->tcg, to, from, (uintptr_t)seams_mmu_index(e), bytes == 4 ? FOUR_BYTES : EIGHT_BYTES);
}

// The upper half is left alone unless there are 16 bytes.
static void emit_source(seams_engine *e, const disas_context *block, const instruction *i, uint32_t bytes, void *low, void *high) {
  if (!i->is_memory) {
    emit_move(e->tcg, bytes == 4 ? OP_LD32U_I64 : OP_LD_I64, low, xmm_offset(i->rm));
    if (bytes == 16) emit_move(e->tcg, OP_LD_I64, high, xmm_offset(i->rm) + 8);
    return;
  }
  void *address = emit_address(e->tcg, block, i);
  emit_load(e, low, address, bytes);
  if (bytes == 16) {
    emit_with(e->tcg, OP_ADD_I64, address, address, 8);
    emit_load(e, high, address, 8);
  }
  release(e->tcg, address);
}

// MARK: calls

enum { MAY_RAISE = 2, TOUCHES_NOTHING = 1 };  // TCG_CALL_NO_WRITE_GLOBALS, TCG_CALL_NO_READ_GLOBALS

static void emit_call(void *tcg, uintptr_t function, TCGArg flags, void *result, void *const *arguments, unsigned count) {
  enum { INPUTS_AND_OUTPUTS = 1 };
  TCGOp *op = __real_tcg_emit_op_x86_64(tcg, OP_CALL);
  TCGArg *to = seams_op_arguments(op);
  FIELD(uint8_t, op, INPUTS_AND_OUTPUTS) = (uint8_t)(count | (result ? 1 << 4 : 0));
  if (result) *to++ = (TCGArg)result;
  for (unsigned n = 0; n < count; n++) *to++ = (TCGArg)arguments[n];
  *to++ = function;
  *to = flags;
}

static void *emit_destination(void *tcg, int index) {
  void *destination = temporary(tcg);
  emit_with(tcg, OP_ADD_I64, destination, global(tcg, TCG_CPU_ENV), xmm_offset(index));
  return destination;
}

// What the instruction writes but an XMM register.
static void *result_of(void *tcg, const instruction *i) {
  if (seams_vector_sets_flags(i)) return global(tcg, TCG_CPU_CC_SRC);
  return seams_vector_writes_general(i) ? general(tcg, i->reg) : NULL;
}

static void emit_arithmetic(seams_engine *e, disas_context *block, const instruction *i, void *low, void *high) {
  void *tcg = e->tcg;
  uint32_t bytes = seams_vector_source_bytes(i);
  bool is_general = seams_vector_reads_general(i) && !i->is_memory;
  if (!is_general) emit_source(e, block, i, bytes, low, high);
  void *destination = emit_destination(tcg, i->reg);
  void *is_lent = constant(tcg, (uint64_t)(uintptr_t)&e->lent_mxcsr), *known = constant(tcg, (uint64_t)(uintptr_t)i);
  void *arguments[] = {destination, is_lent, known, is_general ? general(tcg, i->rm) : low, high};
  emit_call(tcg, (uintptr_t)seams_vector_call_of(i), MAY_RAISE, result_of(tcg, i), arguments, bytes == 16 ? 5 : 4);
  release(tcg, known);
  release(tcg, is_lent);
  release(tcg, destination);
  if (!seams_vector_sets_flags(i)) return;
  FIELD(int, block, DC_CC_OP) = CC_OP_EFLAGS;
  FIELD(bool, block, DC_CC_OP_DIRTY) = true;
}

// MARK: plain operations

static void emit_logic(void *tcg, uint8_t logic, void *source, uintptr_t offset) {
  static const int opcodes[] = {[LOGIC_AND] = OP_AND_I64, [LOGIC_ANDN] = OP_AND_I64, [LOGIC_OR] = OP_OR_I64, [LOGIC_XOR] = OP_XOR_I64};
  void *value = temporary(tcg);
  emit_move(tcg, OP_LD_I64, value, offset);
  if (logic == LOGIC_ANDN) emit_with(tcg, OP_XOR_I64, value, value, UINT64_MAX);
  emit(tcg, opcodes[logic], value, value, source);
  emit_move(tcg, OP_ST_I64, value, offset);
  release(tcg, value);
}

// XOR of a register with itself.
static void emit_zero(void *tcg, int index) {
  void *zero = constant(tcg, 0);
  emit_move(tcg, OP_ST_I64, zero, xmm_offset(index));
  emit_move(tcg, OP_ST_I64, zero, xmm_offset(index) + 8);
  release(tcg, zero);
}

static void emit_plain(seams_engine *e, const disas_context *block, const instruction *i, const plain_operation *operation, void *low,
                       void *high) {
  void *tcg = e->tcg;
  if (operation->takes_count) {
    void *count = constant(tcg, i->immediate), *none = constant(tcg, 0), *destination = emit_destination(tcg, operation->destination);
    void *arguments[] = {destination, count, none};
    emit_call(tcg, (uintptr_t)operation->call, TOUCHES_NOTHING, NULL, arguments, 3);
    release(tcg, destination);
    release(tcg, none);
    release(tcg, count);
    return;
  }
  if (operation->logic == LOGIC_XOR && !i->is_memory && i->rm == i->reg) {
    emit_zero(tcg, i->reg);
    return;
  }
  emit_source(e, block, i, 16, low, high);
  if (operation->logic) {
    emit_logic(tcg, operation->logic, low, xmm_offset(i->reg));
    emit_logic(tcg, operation->logic, high, xmm_offset(i->reg) + 8);
    return;
  }
  void *destination = emit_destination(tcg, operation->destination);
  void *arguments[] = {destination, low, high};
  emit_call(tcg, (uintptr_t)operation->call, TOUCHES_NOTHING, NULL, arguments, 3);
  release(tcg, destination);
}

// MARK: translation

// Neither #UD nor #NM is due.
static bool has_vector_unit(const disas_context *block) {
  enum { HF_EM = 1 << 10, HF_TS = 1 << 11, HF_OSFXSR = 1 << 22 };
  return (FIELD(uint32_t, block->tb, TB_FLAGS) & (HF_EM | HF_TS | HF_OSFXSR)) == HF_OSFXSR;
}

bool seams_may_emit_vector(const disas_context *block, const instruction *i, form *form) {
  plain_operation operation;
  if (form->traits & TRAIT_UNDEFINED || i->too_long || i->code_bits != 64 || (i->is_memory && i->address_bytes != 8)) return false;
  bool is_arithmetic = form->traits & TRAIT_CALL && seams_vector_call_of(i);
  if (!is_arithmetic && !seams_plain_operation_of(i, &operation)) return false;
  if (i->is_memory && (!is_arithmetic || seams_vector_source_bytes(i) == 16)) form->traits |= TRAIT_ALIGNED;
  return has_vector_unit(block);
}

void seams_emit_vector(seams_engine *e, disas_context *block, const instruction *known, form form) {
  plain_operation operation;
  void *low = temporary(e->tcg), *high = temporary(e->tcg);
  if (form.traits & TRAIT_CALL)
    emit_arithmetic(e, block, known, low, high);
  else if (seams_plain_operation_of(known, &operation))
    emit_plain(e, block, known, &operation, low, high);
  release(e->tcg, high);
  release(e->tcg, low);
}
