// SSE instructions as calls that translated code makes by itself (vector_calls.c, native_calls.S).
#ifndef SEAMS_VECTOR_CALLS_H
#define SEAMS_VECTOR_CALLS_H

#include "forms.h"

// Computes with the host's MXCSR if `is_lent` says that it is the guest's; else seams_vector_unlent does. The result is that of an
// instruction with a general register, or the flags of a comparison.
typedef uint64_t vector_call(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high);

// NULL: there is none.
vector_call *seams_vector_call_of(const instruction *i);
// Whether the instruction can be such a call in this block.
bool seams_may_call_vector(const disas_context *block, const instruction *i);
// Translates it; `i` must last as long as the block.
void seams_emit_vector(seams_engine *e, disas_context *block, const instruction *i);

// forms_vector.c
// Bytes of a source in memory.
uint32_t seams_vector_source_bytes(const instruction *i);
// COMIS; CVTSI2SS; CVT(T)SS2SI, and those with double numbers.
bool seams_vector_sets_flags(const instruction *i);
bool seams_vector_reads_general(const instruction *i);
bool seams_vector_writes_general(const instruction *i);
// Called with the arguments of a call and its place in translated code; returns what the call shall.
uint64_t seams_vector_unlent(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high, uintptr_t ra);

#endif
