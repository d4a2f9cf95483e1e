// SSE instructions whose operands translated code reads by itself, so that what is left of them is one call (native_calls.S).
//
// The call may raise an exception but writes no general register behind TCG's back: it is told so, and keeps registers of the guest
// in those of the host over the call.

#include "vector_calls.h"

#include "emit.h"

enum { CALL_BYTES = 64, GENERAL_CALLS = 3 };
extern const uint8_t seams_calls_none[][CALL_BYTES], seams_calls_66[][CALL_BYTES], seams_calls_f3[][CALL_BYTES],
    seams_calls_f2[][CALL_BYTES], seams_calls_7c[][CALL_BYTES], seams_calls_7d[][CALL_BYTES], seams_calls_d0[][CALL_BYTES],
    seams_calls_e6[][CALL_BYTES], seams_compare_calls_none[][CALL_BYTES], seams_compare_calls_66[][CALL_BYTES],
    seams_compare_calls_f3[][CALL_BYTES], seams_compare_calls_f2[][CALL_BYTES], seams_general_calls_f3[][CALL_BYTES],
    seams_general_calls_f2[][CALL_BYTES], seams_flag_calls_none[][CALL_BYTES], seams_flag_calls_66[][CALL_BYTES];

vector_call *seams_vector_call_of(const instruction *i) {
  static const uint8_t(*const plain[4])[CALL_BYTES] = {seams_calls_none, seams_calls_66, seams_calls_f3, seams_calls_f2};
  static const uint8_t(*const compare[4])[CALL_BYTES] = {seams_compare_calls_none, seams_compare_calls_66, seams_compare_calls_f3,
                                                         seams_compare_calls_f2};
  const uint8_t *found = NULL;
  if (i->map != MAP_0F) return NULL;
  switch (i->opcode) {
    case 0x2a: case 0x2c: case 0x2d: {
      int at = (i->opcode == 0x2a ? 0 : i->opcode - 0x2b) + (i->wide ? GENERAL_CALLS : 0);
      if (i->mandatory == PREFIX_F3) found = seams_general_calls_f3[at];
      if (i->mandatory == PREFIX_F2) found = seams_general_calls_f2[at];
      break;
    }
    case 0x2e: case 0x2f: found = (i->mandatory == PREFIX_66 ? seams_flag_calls_66 : seams_flag_calls_none)[i->opcode - 0x2e]; break;
    case 0x7c: found = seams_calls_7c[i->mandatory - 1]; break;
    case 0x7d: found = seams_calls_7d[i->mandatory - 1]; break;
    case 0xd0: found = seams_calls_d0[i->mandatory - 1]; break;
    case 0xe6: found = seams_calls_e6[i->mandatory - 1]; break;
    case 0xc2: found = compare[i->mandatory][i->immediate & 7]; break;
    default:
      if (i->opcode >= 0x51 && i->opcode <= 0x5f) found = plain[i->mandatory][i->opcode - 0x51];
  }
  return (vector_call *)(uintptr_t)found;
}

// MARK: operands

static void *constant(void *tcg, uint64_t value) { return (uint8_t *)tcg + tcg_const_i64_x86_64(tcg, (int64_t)value); }
static void *temporary(void *tcg) { return tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false); }
// One of the variables that TCG keeps for all of the guest's code.
static void *global(void *tcg, uint32_t field) { return (uint8_t *)tcg + FIELD(uintptr_t, tcg, field); }
static void *general(void *tcg, int index) { return global(tcg, TCG_CPU_REGS + 8 * (uint32_t)index); }

static void emit(void *tcg, int opcode, void *to, void *first, void *second) {
  tcg_gen_op3_x86_64(tcg, opcode, (TCGArg)to, (TCGArg)first, (TCGArg)second);
}

static void emit_with(void *tcg, int opcode, void *to, void *first, uint64_t second) {
  void *value = constant(tcg, second);
  emit(tcg, opcode, to, first, value);
  tcg_temp_free_internal_x86_64(tcg, value);
}

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
    tcg_temp_free_internal_x86_64(tcg, scaled);
  }
  if (i->segment >= SEGMENT_FS) emit(tcg, OP_ADD_I64, address, address, global(tcg, TCG_CPU_SEGMENT_BASES + 8 * i->segment));
  return address;
}

static void emit_load(void *tcg, void *value, void *address, int mmu_index, uint32_t bytes) {
  enum { FOUR_BYTES = 2, EIGHT_BYTES = 3 };
  uintptr_t to = (uintptr_t)value - (uintptr_t)tcg, from = (uintptr_t)address - (uintptr_t)tcg;
  __real_tcg_gen_qemu_ld_i64_x86_64(tcg, to, from, (uintptr_t)mmu_index, bytes == 4 ? FOUR_BYTES : EIGHT_BYTES);
}

static void emit_memory_source(seams_engine *e, const disas_context *block, const instruction *i, uint32_t bytes, void *low, void *high) {
  void *address = emit_address(e->tcg, block, i);
  emit_load(e->tcg, low, address, seams_mmu_index(e), bytes);
  if (bytes == 16) {
    emit_with(e->tcg, OP_ADD_I64, address, address, 8);
    emit_load(e->tcg, high, address, seams_mmu_index(e), 8);
  }
  tcg_temp_free_internal_x86_64(e->tcg, address);
}

static void emit_register_source(void *tcg, const instruction *i, uint32_t bytes, void *low, void *high) {
  void *env = global(tcg, TCG_CPU_ENV);
  uintptr_t at = ENV_XMM + XMM_BYTES * i->rm;
  tcg_gen_op3_x86_64(tcg, bytes == 4 ? OP_LD32U_I64 : OP_LD_I64, (TCGArg)low, (TCGArg)env, at);
  if (bytes == 16) tcg_gen_op3_x86_64(tcg, OP_LD_I64, (TCGArg)high, (TCGArg)env, at + 8);
}

// MARK: the call

static void emit_call(void *tcg, vector_call *function, void *result, void *const *arguments, unsigned count) {
  enum { INPUTS_AND_OUTPUTS = 1, NO_WRITE_GLOBALS = 2 };
  TCGOp *op = __real_tcg_emit_op_x86_64(tcg, OP_CALL);
  TCGArg *to = seams_op_arguments(op);
  FIELD(uint8_t, op, INPUTS_AND_OUTPUTS) = (uint8_t)(count | (result ? 1 << 4 : 0));
  if (result) *to++ = (TCGArg)result;
  for (unsigned n = 0; n < count; n++) *to++ = (TCGArg)arguments[n];
  *to++ = (TCGArg)function;
  *to = NO_WRITE_GLOBALS;
}

// What the instruction writes but an XMM register.
static void *result_of(void *tcg, const instruction *i) {
  if (seams_vector_sets_flags(i)) return global(tcg, TCG_CPU_CC_SRC);
  return seams_vector_writes_general(i) ? general(tcg, i->reg) : NULL;
}

bool seams_may_call_vector(const disas_context *block, const instruction *i) {
  enum { HF_EM = 1 << 10, HF_TS = 1 << 11, HF_OSFXSR = 1 << 22 };
  uint32_t flags = FIELD(uint32_t, block->tb, TB_FLAGS);
  if ((flags & (HF_EM | HF_TS | HF_OSFXSR)) != HF_OSFXSR) return false;  // #UD or #NM
  return i->code_bits == 64 && (!i->is_memory || i->address_bytes == 8) && seams_vector_call_of(i);
}

void seams_emit_vector(seams_engine *e, disas_context *block, const instruction *i) {
  void *tcg = e->tcg, *low = temporary(tcg), *high = temporary(tcg), *destination = temporary(tcg);
  uint32_t bytes = seams_vector_source_bytes(i);
  bool is_general = seams_vector_reads_general(i) && !i->is_memory;
  if (i->is_memory)
    emit_memory_source(e, block, i, bytes, low, high);
  else if (!is_general)
    emit_register_source(tcg, i, bytes, low, high);
  emit_with(tcg, OP_ADD_I64, destination, global(tcg, TCG_CPU_ENV), ENV_XMM + XMM_BYTES * i->reg);
  void *is_lent = constant(tcg, (uint64_t)(uintptr_t)&e->lent_mxcsr), *known = constant(tcg, (uint64_t)(uintptr_t)i);
  void *arguments[] = {destination, is_lent, known, is_general ? general(tcg, i->rm) : low, high};
  emit_call(tcg, seams_vector_call_of(i), result_of(tcg, i), arguments, bytes == 16 ? 5 : 4);
  void *temporaries[] = {low, high, destination, is_lent, known};
  for (unsigned n = 0; n < sizeof temporaries / sizeof *temporaries; n++) tcg_temp_free_internal_x86_64(tcg, temporaries[n]);
  if (!seams_vector_sets_flags(i)) return;
  FIELD(int, block, DC_CC_OP) = CC_OP_EFLAGS;
  FIELD(bool, block, DC_CC_OP_DIRTY) = true;
}
