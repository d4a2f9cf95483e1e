// SSE instructions that translated code executes without a helper's detours: it reads the operands by itself, and calls a few
// instructions for the rest (vector_calls.c, vector_emit.c, native_calls.S, plain_calls.S).
#ifndef SEAMS_VECTOR_CALLS_H
#define SEAMS_VECTOR_CALLS_H

#include "forms.h"

// Computes with the host's MXCSR if `is_lent` says that it is the guest's; else seams_vector_unlent does. The result is that of an
// instruction with a general register, or the flags of a comparison.
typedef uint64_t vector_call(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high);

// Floating-point arithmetic; NULL: there is none.
vector_call *seams_vector_call_of(const instruction *i);

enum { LOGIC_AND = 1, LOGIC_ANDN, LOGIC_OR, LOGIC_XOR };
// An instruction that changes nothing but one XMM register, and can't fault but by its operand.
typedef struct {
  void (*call)(void *destination, uint64_t low, uint64_t high);
  uint8_t logic;        // LOGIC_...: no call is needed
  uint8_t destination;  // an XMM register
  bool takes_count;     // the source is the immediate
} plain_operation;

// False: it is none that can be done in this way.
bool seams_plain_operation_of(const instruction *i, plain_operation *operation);

// vector_emit.c
// Whether the instruction is translated so in this block; the form then has the traits that it needs.
bool seams_may_emit_vector(const disas_context *block, const instruction *i, form *form);
// Translates it; `known` must last as long as the block.
void seams_emit_vector(seams_engine *e, disas_context *block, const instruction *known, form form);

// vector_operands.c
// Bytes of a source in memory.
uint32_t seams_vector_source_bytes(const instruction *i);
// COMIS; CVTSI2SS; CVT(T)SS2SI, and those with double numbers.
bool seams_vector_sets_flags(const instruction *i);
bool seams_vector_reads_general(const instruction *i);
bool seams_vector_writes_general(const instruction *i);
// Whether it may overflow or underflow; then the format and number of its results.
bool seams_vector_may_leave_range(const instruction *i);
bool seams_vector_has_double_results(const instruction *i);
int seams_vector_result_count(const instruction *i);

// forms_vector.c
// Called with the arguments of a call and its place in translated code; returns what the call shall.
uint64_t seams_vector_unlent(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high, uintptr_t ra);

#endif
