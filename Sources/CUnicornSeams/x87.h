// The x87 unit as its instructions see it: the library's fields, and what forms_x87.c, x87_environment.c and forms_mmx.c share.
#ifndef SEAMS_X87_H
#define SEAMS_X87_H

#include "host_units.h"

enum { FSW_FLAGS = 0x3f, FSW_PE = 0x20, FSW_ES = 0x80, FSW_B = 0x8000, FSW_TOP_SHIFT = 11, FSW_TOP = 7 << FSW_TOP_SHIFT };
enum { IMAGE_FCW = 0, IMAGE_FSW = 2, IMAGE_FTW = 4, IMAGE_FOP = 6, IMAGE_FIP = 8, IMAGE_FDP = 16, IMAGE_MXCSR = 24, IMAGE_ST = 32 };

static inline uint16_t *x87_control(const seams_engine *e) { return &FIELD(uint16_t, e->env, ENV_FPUC); }
static inline uint16_t *x87_status(const seams_engine *e) { return &FIELD(uint16_t, e->env, ENV_FPUS); }  // without TOP
static inline uint32_t *x87_top(const seams_engine *e) { return &FIELD(uint32_t, e->env, ENV_FPSTT); }
static inline uint8_t *x87_empty(const seams_engine *e) { return &FIELD(uint8_t, e->env, ENV_FPTAGS); }
static inline uint8_t *x87_register(const seams_engine *e, uint32_t index) { return (uint8_t *)e->env + ENV_FPREGS + 16 * (index & 7); }

// x87_state.c
void seams_write_x87_control(seams_engine *e, uint16_t value);
// FINIT.
void seams_reset_x87(seams_engine *e);
// With TOP, also while the unit is lent to the guest.
uint16_t seams_x87_status(const seams_engine *e);

// forms_x87.c
// #NM.
void seams_check_x87_device(seams_engine *e, uintptr_t ra);
// The same for instructions that wait, and a pending #MF.
void seams_check_x87_waiting(seams_engine *e, uintptr_t ra);

// x87_environment.c: forms
void seams_run_fnstenv(seams_engine *e, const instruction *i, uintptr_t ra);
void seams_run_fldenv(seams_engine *e, const instruction *i, uintptr_t ra);
void seams_run_fnsave(seams_engine *e, const instruction *i, uintptr_t ra);
void seams_run_frstor(seams_engine *e, const instruction *i, uintptr_t ra);

#endif
