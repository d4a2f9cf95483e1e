// The C side of native.S: frames and tables of instructions that the host executes on the guest's operands.
#ifndef SEAMS_NATIVE_H
#define SEAMS_NATIVE_H

#include "forms.h"

typedef struct {
  uint8_t destination[16], source[16];
  uint64_t general;
  uint32_t mxcsr, flags;
  uint64_t mmx_source, mmx_destination;
} vector_frame;

void seams_native_vector(vector_frame *, const void *slot);
void seams_native_vector_mmx(vector_frame *, const void *slot);

// Stores the bytes whose mask has bit 7 set at DS:RDI; all of them must be writable.
void seams_store_masked(seams_engine *e, const instruction *i, const uint8_t *bytes, const uint8_t *mask, uint32_t count, uintptr_t ra);

// vector_precision.c
// Whether one of `lanes` results is denormal.
bool seams_has_tiny_lane(const uint8_t *bytes, bool is_double, int lanes);
// MXCSR.PE of arithmetic that overflows or underflows while that is unmasked; `before` has MXCSR as the slot got it.
uint32_t seams_precision_flag(const instruction *i, const vector_frame *before, const vector_frame *after, uint32_t unmasked,
                              bool is_double, int lanes);

#endif
