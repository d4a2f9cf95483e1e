// Exact instruction counting, in the translated code.
//
// Every block starts with the library's own check for a stop request. It is replaced by
//     countdown -= length of the block; if (countdown < 0) leave before executing it
// Leaving restores the countdown; when some instructions are left, the next block is translated with exactly that
// length, so that a run stops at any instruction number. When a block is left in its middle (a fault, a store into its
// own code, a device access), the library restores the guest's registers from the record it keeps of each instruction;
// the position in the block and the instruction's traits (forms.h) are kept there too, in the upper half of the word for the
// condition codes.
// Instructions that ask for time or reach devices end their block, so that the count is exact in their helpers.

#include <stdlib.h>

#include "emit.h"
#include "profile.h"

void __real_tcg_gen_callN_x86_64(void *tcg, void *function, void *ret, int count, void **arguments);
void __real_translator_loop_x86_64(const translator_ops *, disas_context *, void *cpu, void *tb, int max_insns);
void __real_restore_state_to_opc_x86_64(void *env, void *tb, uint64_t *data);
void __real_helper_uc_tracecode(int32_t size, int index, void *handle, int64_t address);
void helper_uc_tracecode(int32_t size, int index, void *handle, int64_t address);

_Thread_local seams_engine *seams_current;

enum { BLOCK_INSTRUCTIONS_MAX = 512 };

// The block being translated.
static _Thread_local struct {
  const translator_ops *original;
  bool at_start;           // between the beginning and the library's check for a stop request
  bool at_end;             // the block ends where the guest's code goes straight on
  bool is_chained;         // and may jump directly to the one that follows
  bool ends_block;         // the instruction being translated called a helper of the table below
  bool changes_mode;       // that helper may change what the next block is translated for
  const void *block;       // TranslationBlock
  uint64_t address, eip;   // of the instruction being translated: linear, and in its segment
  void *exit_label;        // where the block leaves for the horizon
  TCGOp *length;           // the op that holds the block's length
  TCGOp *last_start;       // the op that starts the current instruction
  TCGOp *starts[BLOCK_INSTRUCTIONS_MAX + 1];
  uint16_t traits[BLOCK_INSTRUCTIONS_MAX + 1];
  unsigned start_count;
} translating;

static TCGArg as_argument(void *tcg, uintptr_t value) { return (uintptr_t)tcg + value; }
void *seams_exit_label(void) { return translating.exit_label; }
static void *as_temp(void *tcg, uintptr_t value) { return (uint8_t *)tcg + value; }

// MARK: translation

TCGOp *__wrap_tcg_emit_op_x86_64(void *tcg, int opcode) {
  TCGOp *op = __real_tcg_emit_op_x86_64(tcg, opcode);
  if (opcode == OP_INSN_START) translating.last_start = op;
  seams_note_op(op, opcode);
  return op;
}

// The library's check for a stop request becomes the countdown.
void __wrap_tcg_gen_brcondi_i32_x86_64(void *tcg, int condition, uintptr_t value, int32_t with, void *label) {
  if (!translating.at_start) {
    __real_tcg_gen_brcondi_i32_x86_64(tcg, condition, value, with, label);
    return;
  }
  translating.at_start = false;
  translating.exit_label = label;
  uintptr_t address = tcg_const_i64_x86_64(tcg, (int64_t)(uintptr_t)&seams_current->countdown);
  void *left = tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false);
  void *length = tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false);
  tcg_gen_op3_x86_64(tcg, OP_LD_I64, (TCGArg)left, as_argument(tcg, address), 0);
  translating.length = __real_tcg_emit_op_x86_64(tcg, OP_MOVI_I64);
  seams_op_arguments(translating.length)[0] = (TCGArg)length;
  seams_op_arguments(translating.length)[1] = 0;
  tcg_gen_op3_x86_64(tcg, OP_SUB_I64, (TCGArg)left, (TCGArg)left, (TCGArg)length);
  tcg_gen_op3_x86_64(tcg, OP_ST_I64, (TCGArg)left, as_argument(tcg, address), 0);
  tcg_gen_brcondi_i64_x86_64(tcg, TCG_COND_LT, (uintptr_t)left - (uintptr_t)tcg, 0, label);
  tcg_temp_free_internal_x86_64(tcg, length);
  tcg_temp_free_internal_x86_64(tcg, left);
  tcg_temp_free_internal_x86_64(tcg, as_temp(tcg, address));
}

void seams_emit_call(void *tcg, int kind, uint64_t value) {
  uintptr_t size = tcg_const_i32_x86_64(tcg, 0), index = tcg_const_i32_x86_64(tcg, kind);
  uintptr_t engine = tcg_const_i64_x86_64(tcg, (int64_t)(uintptr_t)seams_current);
  uintptr_t argument = tcg_const_i64_x86_64(tcg, (int64_t)value);
  void *arguments[4] = {as_temp(tcg, size), as_temp(tcg, index), as_temp(tcg, engine), as_temp(tcg, argument)};
  __real_tcg_gen_callN_x86_64(tcg, (void *)helper_uc_tracecode, NULL, 4, arguments);
  for (int i = 0; i < 4; i++) tcg_temp_free_internal_x86_64(tcg, arguments[i]);
}

void __wrap_tcg_gen_exit_tb_x86_64(void *tcg, void *tb, unsigned index) {
  // A block that was ended between two instructions goes on with the next one without the library's loop in between.
  if (!tb && translating.at_end) {
    if (translating.is_chained) {
      tcg_gen_goto_tb_x86_64(tcg, 0);
      __real_tcg_gen_exit_tb_x86_64(tcg, (void *)translating.block, 0);
    } else {
      tcg_gen_lookup_and_goto_ptr_x86_64(tcg);
    }
    return;
  }
  if (index == TB_EXIT_REQUESTED) seams_emit_call(tcg, CALL_HORIZON, (uint64_t)(uintptr_t)tb);
  __real_tcg_gen_exit_tb_x86_64(tcg, tb, index);
}

void helper_inb_x86_64(void); void helper_inw_x86_64(void); void helper_inl_x86_64(void);
void helper_outb_x86_64(void); void helper_outw_x86_64(void); void helper_outl_x86_64(void);
void helper_cpuid_x86_64(void); void helper_rdtsc_x86_64(void); void helper_rdtscp_x86_64(void);
void helper_rdpmc_x86_64(void); void helper_rdrand_x86_64(void); void helper_wrmsr_x86_64(void);
void helper_rdmsr_x86_64(void); void helper_write_crN_x86_64(void); void helper_invlpg_x86_64(void);
void helper_lmsw_x86_64(void); void helper_clts_x86_64(void);
void helper_wrpkru_x86_64(void); void helper_rdpkru_x86_64(void); void helper_sti_x86_64(void); void helper_write_eflags_x86_64(void);
void helper_iret_protected_x86_64(void); void helper_iret_real_x86_64(void); void helper_xsetbv_x86_64(void);

typedef void (*const helper_table[])(void);

static bool is_in(helper_table table, size_t bytes, const void *function) {
  for (size_t i = 0; i < bytes / sizeof *table; i++)
    if ((const void *)table[i] == function) return true;
  return false;
}

// What comes after these is always the block that begins with the next instruction.
static bool ends_block(const void *function) {
  static helper_table table = {
      helper_wrpkru_x86_64, helper_inb_x86_64,   helper_inw_x86_64,    helper_inl_x86_64,   helper_outb_x86_64,
      helper_outw_x86_64,   helper_outl_x86_64,  helper_cpuid_x86_64,  helper_rdtsc_x86_64, helper_rdtscp_x86_64,
      helper_rdpmc_x86_64,  helper_rdrand_x86_64, helper_rdmsr_x86_64, helper_rdpkru_x86_64,
  };
  return is_in(table, sizeof table, function);
}

// After these another mode or other page tables may hold.
static bool changes_mode(const void *function) {
  static helper_table table = {
      helper_wrmsr_x86_64,        helper_write_crN_x86_64,      helper_invlpg_x86_64,    helper_sti_x86_64,
      helper_lmsw_x86_64,         helper_clts_x86_64,
      helper_write_eflags_x86_64, helper_iret_protected_x86_64, helper_iret_real_x86_64, helper_xsetbv_x86_64,
  };
  return is_in(table, sizeof table, function);
}

// What these helpers report carries the instruction's address, which the library stores for jumps only: a block that was
// entered by a direct jump would show that of an earlier one, depending on what had been translated before.
void seams_emit_eip(void *tcg) {
  uintptr_t address = tcg_const_i64_x86_64(tcg, (int64_t)(uintptr_t)&FIELD(uint64_t, seams_current->env, ENV_EIP));
  uintptr_t value = tcg_const_i64_x86_64(tcg, (int64_t)translating.eip);
  tcg_gen_op3_x86_64(tcg, OP_ST_I64, as_argument(tcg, value), as_argument(tcg, address), 0);
  tcg_temp_free_internal_x86_64(tcg, as_temp(tcg, value));
  tcg_temp_free_internal_x86_64(tcg, as_temp(tcg, address));
}

void __wrap_tcg_gen_callN_x86_64(void *tcg, void *function, void *ret, int count, void **arguments) {
  bool changes = changes_mode(function);
  if (changes) translating.changes_mode = true;
  if (!translating.ends_block && (changes || ends_block(function))) {
    translating.ends_block = true;
    seams_emit_eip(tcg);
  }
  __real_tcg_gen_callN_x86_64(tcg, function, ret, count, arguments);
}

static bool is_reported_breakpoint(const seams_engine *e, uint64_t address) {
  for (uint32_t i = 0; i < e->breakpoint_count; i++)
    if (e->breakpoints[i] == address) return true;
  return false;
}

static bool is_breakpoint(uint64_t address) {
  return seams_is_debug_address(seams_current, address) || is_reported_breakpoint(seams_current, address) ||
         seams_is_watched_code(seams_current, address);
}

static void init_disas_context(disas_context *block, void *cpu) { translating.original->init_disas_context(block, cpu); }

static void tb_start(disas_context *block, void *cpu) {
  translating.at_start = false;
  translating.original->tb_start(block, cpu);
  if (is_breakpoint(block->pc_first)) seams_emit_call(seams_current->tcg, CALL_BREAKPOINT, (uint64_t)(uintptr_t)block->tb);
  seams_profile_block(seams_current, block->pc_first);
}

static void insn_start(disas_context *block, void *cpu) {
  translating.original->insn_start(block, cpu);
  translating.starts[translating.start_count++] = translating.last_start;
  translating.ends_block = translating.changes_mode = false;
  translating.address = block->pc_next;
  translating.eip = block->pc_next - FIELD(uint64_t, block->tb, TB_CS_BASE);
}

static void translate_insn(disas_context *block, void *cpu) {
  uint32_t traits = seams_translate(block, cpu, translating.last_start, translating.original->translate_insn);
  translating.traits[translating.start_count - 1] = (uint16_t)traits;
  if (traits & TRAIT_ENDS_BLOCK) translating.ends_block = translating.changes_mode = true;
  if (block->is_jmp != DISAS_NEXT) return;
  // An instruction that might cross into another page must be the first of its block: its fetch may fault.
  uint64_t next = block->pc_next;
  bool crosses = (next & 0xfff) == 0 || (next & 0xfff) > 0x1000 - 15;
  bool device = seams_reaches_device(seams_current, next) || seams_reaches_device(seams_current, translating.address);
  if (translating.ends_block || crosses || device || is_breakpoint(next)) block->is_jmp = DISAS_TOO_MANY;
}

// Blocks are jumped to directly under the library's own conditions: the target lies in the same page, and the mode that it was
// translated for is sure to hold.
static bool may_chain(const disas_context *block) {
  enum { ONE_INSTRUCTION = HF_INHIBIT_IRQ_MASK | HF_TF_MASK | RESUME_FLAG };
  return !translating.changes_mode && (block->pc_next ^ block->pc_first) < 4096 &&
         !(FIELD(uint32_t, block->tb, TB_FLAGS) & ONE_INSTRUCTION);
}

static void tb_stop(disas_context *block, void *cpu) {
  translating.at_end = block->is_jmp == DISAS_TOO_MANY;
  translating.is_chained = may_chain(block);
  translating.block = block->tb;
  translating.original->tb_stop(block, cpu);
  translating.at_end = false;
}

static bool breakpoint_check(disas_context *block, void *cpu, const void *breakpoint) {
  return translating.original->breakpoint_check(block, cpu, breakpoint);
}

void __wrap_translator_loop_x86_64(const translator_ops *ops, disas_context *block, void *cpu, void *tb, int max_insns) {
  static const translator_ops counting = {init_disas_context, tb_start, insn_start, breakpoint_check, translate_insn, tb_stop};
  translating.original = ops;
  translating.at_start = true;
  translating.length = NULL;
  translating.start_count = 0;
  __real_translator_loop_x86_64(&counting, block, cpu, tb, max_insns < BLOCK_INSTRUCTIONS_MAX ? max_insns : BLOCK_INSTRUCTIONS_MAX);
  if (translating.length) seams_op_arguments(translating.length)[1] = (TCGArg)block->num_insns;
  seams_profile_block_end(seams_current, (uint32_t)block->num_insns);
  for (unsigned i = 0; i < translating.start_count; i++) {
    TCGArg *condition = seams_op_arguments(translating.starts[i]) + 1;
    *condition = (*condition & 0xffffffff) | (TCGArg)(translating.start_count - i) << 32 | (TCGArg)translating.traits[i] << 48;
  }
}

// MARK: execution

void seams_stop_here(seams_engine *e) {
  e->stop_asked = true;
  uc_emu_stop(e->uc);
}

// A call writes its return address before it looks at its target.
_Noreturn static void raise_bad_target(seams_engine *e, uintptr_t ra) {
  seams_find_position(e, ra);
  if (e->traits & TRAIT_STACK_WRITE) {
    uint64_t to = *seams_gpr(e, RSP) - 8;
    seams_check_alignment(e, to, 8, ra);
    seams_probe_write(e, to, 8, ra);
  }
  seams_raise(e, VECTOR_GP, 0, ra);
}

// Called from translated code, before a block that does not fit before the horizon, and where its last instruction branches to an
// address that is not canonical: then it is executed up to there.
static void at_horizon(seams_engine *e, const void *tb, uintptr_t ra) {
  if (e->countdown >= 0) raise_bad_target(e, ra);
  e->countdown += FIELD(uint16_t, tb, TB_ICOUNT);
  if (e->countdown > 0)
    FIELD(uint32_t, e->cpu, CPU_CFLAGS_NEXT_TB) = (uint32_t)e->countdown & CF_COUNT_MASK;
  else
    seams_stop_here(e);
}

// Called from translated code, in a breakpoint's block before its first instruction: the block is counted already.
static void at_breakpoint(seams_engine *e, const void *tb) {
  uint64_t address = FIELD(uint64_t, tb, TB_PC);
  if (e->skip_armed && e->skip_breakpoint == address) {
    e->skip_armed = false;
    return;
  }
  e->countdown += FIELD(uint16_t, tb, TB_ICOUNT);
  FIELD(uint64_t, e->env, ENV_EIP) = address - FIELD(uint64_t, tb, TB_CS_BASE);
  seams_check_execution(e, address);
  seams_report_execution(e, address);
  bool breaks = is_reported_breakpoint(e, address) && e->call.breakpoint(e->call.context, address);
  if (!breaks && e->countdown > 0) {
    e->countdown -= FIELD(uint16_t, tb, TB_ICOUNT);
    return;
  }
  e->skip_armed = true;
  e->skip_breakpoint = address;
  if (breaks) e->stop = SEAMS_STOP_BREAKPOINT;
  seams_stop_here(e);
  cpu_loop_exit_noexc_x86_64(e->cpu);
}

void __wrap_helper_uc_tracecode(int32_t size, int index, void *handle, int64_t address) {
  if (index == CALL_FORM)
    seams_run_form(handle, (const void *)(uintptr_t)address, (uintptr_t)__builtin_return_address(0));
  else if (index == CALL_HORIZON)
    at_horizon(handle, (const void *)(uintptr_t)address, (uintptr_t)__builtin_return_address(0));
  else if (index == CALL_BREAKPOINT)
    at_breakpoint(handle, (const void *)(uintptr_t)address);
  else if (index == CALL_PROFILE)
    seams_profile_enter(handle, (profile_block *)(uintptr_t)address);
  else if (!seams_run_call(handle, index, (const void *)(uintptr_t)address, (uintptr_t)__builtin_return_address(0)))
    __real_helper_uc_tracecode(size, index, handle, address);
}

void __wrap_restore_state_to_opc_x86_64(void *env, void *tb, uint64_t *data) {
  seams_engine *e = seams_current;
  e->overshoot = data[1] >> 32 & 0xffff;
  e->traits = (uint16_t)(data[1] >> 48);
  data[1] &= 0xffffffff;
  e->position_address = data[0];
  e->position_flags = (uint32_t)data[1];
  if (!e->peeking) {
    e->countdown += e->overshoot;
    e->restored = true;
  }
  __real_restore_state_to_opc_x86_64(env, tb, data);
}

uint64_t seams_retired(const seams_engine *e) {
  return e->horizon - (uint64_t)e->countdown - (e->in_instruction ? 1 : 0);
}

void seams_set_retired(seams_engine *e, uint64_t count) {
  bool is_after_sti = e->sti_end == seams_retired(e);
  e->horizon = count;
  e->countdown = 0;
  e->sti_end = is_after_sti ? count : UINT64_MAX;
}

void seams_set_horizon(seams_engine *e, uint64_t count) {
  if (e->is_interrupted) {  // takes effect after what comes between two instructions
    e->resume_horizon = count;
    return;
  }
  e->countdown += (int64_t)(count - e->horizon);
  e->horizon = count;
}
