// The host's floating-point units, lent to the guest from one of its instructions to the next.
//
// Loading and saving a unit costs far more than an instruction of it. So the guest's MXCSR and x87 state stay in the host's
// registers until something else wants to use or see them: a callback, the end of a run, an instruction of another kind. Until
// then the flags that the guest's instructions raise gather in the host's registers, which are sticky as the guest's are.
// MXCSR is lent only while the guest masks all its exceptions, and x87 only while none of its exceptions is pending.

#include "host_units.h"

#include <string.h>

enum { MXCSR_AT = 24 };

static uint32_t host_mxcsr(void) {
  uint32_t value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value;
}

static void set_host_mxcsr(uint32_t value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }

// MARK: MXCSR

void seams_lend_mxcsr(seams_engine *e) {
  if (e->lent_mxcsr) return;
  e->own_mxcsr = host_mxcsr();
  set_host_mxcsr(FIELD(uint32_t, e->env, ENV_MXCSR) & ~(uint32_t)MXCSR_FLAGS);
  e->lent_mxcsr = true;
}

void seams_take_mxcsr_back(seams_engine *e) {
  if (!e->lent_mxcsr) return;
  FIELD(uint32_t, e->env, ENV_MXCSR) |= host_mxcsr() & MXCSR_FLAGS;
  set_host_mxcsr(e->own_mxcsr);
  e->lent_mxcsr = false;
}

// MARK: x87

void seams_lend_x87(seams_engine *e) {
  if (e->lent_x87) return;
  _Alignas(16) uint8_t image[512];
  seams_get_x87(e, image);
  uint32_t mxcsr = host_mxcsr();
  memcpy(image + MXCSR_AT, &mxcsr, 4);
  __asm__ volatile("fxrstor64 %0" : : "m"(image) : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                   "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  e->lent_x87 = true;
}

void seams_take_x87_back(seams_engine *e) {
  if (!e->lent_x87) return;
  _Alignas(16) uint8_t image[512], kept[512];
  __asm__ volatile("fxsave64 %0\n\tfninit" : "=m"(image));
  e->lent_x87 = false;
  seams_get_x87(e, kept);
  memcpy(image + 6, kept + 6, 18);  // FOP, FIP and FDP are the guest's, not those of the host's slots
  seams_set_x87(e, image);
}

void seams_take_units_back(seams_engine *e) {
  seams_take_mxcsr_back(e);
  seams_take_x87_back(e);
}

// After a failure nobody knows what is in the units.
void seams_reset_units(seams_engine *e) {
  if (e->lent_mxcsr) set_host_mxcsr(e->own_mxcsr);
  if (e->lent_x87) __asm__ volatile("fninit");
  e->lent_mxcsr = e->lent_x87 = false;
}
