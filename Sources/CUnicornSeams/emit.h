// What count.c and translate.c share: code that is put into the block being translated.
#ifndef SEAMS_EMIT_H
#define SEAMS_EMIT_H

#include "forms.h"

typedef struct TCGOp TCGOp;
typedef uintptr_t TCGArg;

static inline TCGArg *seams_op_arguments(TCGOp *op) { return (TCGArg *)((uint8_t *)op + TCG_OP_ARGS); }

// Kinds of our own calls from translated code, told apart from the library's hooks by the index.
enum { CALL_HORIZON = 0x5ea0, CALL_BREAKPOINT, CALL_FORM, CALL_UNDEFINED, CALL_BEFORE_MMX, CALL_AFTER_MMX, CALL_CHECK_PORT, CALL_CHECK_PREVENTION, CALL_CHECK_SOURCE, CALL_PROFILE };

TCGOp *__real_tcg_emit_op_x86_64(void *tcg, int opcode);
void __real_tcg_gen_exit_tb_x86_64(void *tcg, void *tb, unsigned index);
void tcg_gen_lookup_and_goto_ptr_x86_64(void *tcg);
void tcg_gen_goto_tb_x86_64(void *tcg, unsigned index);
void __real_tcg_gen_qemu_ld_i64_x86_64(void *tcg, uintptr_t value, uintptr_t address, uintptr_t index, int kind);
uintptr_t tcg_const_i64_x86_64(void *tcg, int64_t value);
uintptr_t tcg_const_i32_x86_64(void *tcg, int32_t value);
void *tcg_temp_new_internal_x86_64(void *tcg, int type, bool local);
void tcg_temp_free_internal_x86_64(void *tcg, void *temp);
void tcg_gen_op3_x86_64(void *tcg, int opcode, TCGArg a, TCGArg b, TCGArg c);
void __real_tcg_gen_brcondi_i32_x86_64(void *tcg, int condition, uintptr_t value, int32_t with, void *label);
void tcg_gen_brcondi_i64_x86_64(void *tcg, int condition, uintptr_t value, int64_t with, void *label);

// The place in the block where it leaves for the horizon.
void *seams_exit_label(void);

// A call of `kind` with a value, and the guest's instruction pointer stored.
void seams_emit_call(void *tcg, int kind, uint64_t value);
void seams_emit_eip(void *tcg);

// translate.c
// Translates the instruction at block->pc_next, by a form of ours or by the library. Returns its traits.
uint32_t seams_translate(disas_context *block, void *cpu, TCGOp *start, void (*by_library)(disas_context *, void *));
void seams_note_op(TCGOp *op, int opcode);
// Executes a form of ours.
void seams_run_form(seams_engine *e, const void *value, uintptr_t ra);
// Carries out another call that translated code makes. False: it is none of translate.c's.
bool seams_run_call(seams_engine *e, int kind, const void *value, uintptr_t ra);
// instructions.c: #GP if INS or OUTS may not use its port.
void seams_check_string_port(seams_engine *e, const instruction *i, uintptr_t ra);

#endif
