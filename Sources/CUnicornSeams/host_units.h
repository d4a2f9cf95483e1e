// The host's floating-point units, lent to the guest (host_units.c).
#ifndef SEAMS_HOST_UNITS_H
#define SEAMS_HOST_UNITS_H

#include "forms.h"

void seams_lend_mxcsr(seams_engine *e);
void seams_take_mxcsr_back(seams_engine *e);
void seams_lend_x87(seams_engine *e);
void seams_take_x87_back(seams_engine *e);
void seams_reset_units(seams_engine *e);

// native.S: a slot with the lent units. `destination` and `source` are 16 bytes each.
void seams_vector_step(void *destination, const void *source, const void *slot);
// Returns the status word after the instruction.
uint16_t seams_x87_step(const void *slot, void *memory);

#endif
