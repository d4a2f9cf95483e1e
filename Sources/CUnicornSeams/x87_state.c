// The x87 unit's state as a whole: to and from FXSAVE's form, its words, and its reset.

#include "x87.h"

#include <string.h>

void seams_get_x87(const seams_engine *e, uint8_t image[512]) {
  memset(image, 0, 512);
  uint16_t status = (uint16_t)((*x87_status(e) & ~FSW_TOP) | (*x87_top(e) & 7) << FSW_TOP_SHIFT);
  memcpy(image + IMAGE_FCW, x87_control(e), 2);
  memcpy(image + IMAGE_FSW, &status, 2);
  for (int n = 0; n < 8; n++) image[IMAGE_FTW] |= (uint8_t)(!x87_empty(e)[n] << n);
  memcpy(image + IMAGE_FOP, &FIELD(uint16_t, e->env, ENV_FPOP), 2);
  memcpy(image + IMAGE_FIP, &FIELD(uint64_t, e->env, ENV_FPIP), 8);
  memcpy(image + IMAGE_FDP, &FIELD(uint64_t, e->env, ENV_FPDP), 8);
  for (uint32_t n = 0; n < 8; n++) memcpy(image + IMAGE_ST + 16 * n, x87_register(e, *x87_top(e) + n), 10);
}

// B and ES follow from the flags and their masks (SDM volume 1, 8.1.3.3).
static uint16_t with_summary(uint16_t status, uint16_t control) {
  return status & ~control & FSW_FLAGS ? status | FSW_ES | FSW_B : status & ~(FSW_ES | FSW_B);
}

void seams_write_x87_control(seams_engine *e, uint16_t value) {
  *x87_control(e) = (value & 0x1f3f) | 0x40;
  *x87_status(e) = with_summary(*x87_status(e), *x87_control(e));
  update_fp_status_x86_64(e->env);
}

void seams_set_x87(seams_engine *e, const uint8_t image[512]) {
  uint16_t status, control;
  memcpy(&control, image + IMAGE_FCW, 2);
  memcpy(&status, image + IMAGE_FSW, 2);
  *x87_top(e) = status >> FSW_TOP_SHIFT & 7;
  *x87_status(e) = status & (uint16_t)~FSW_TOP;
  seams_write_x87_control(e, control);
  for (int n = 0; n < 8; n++) x87_empty(e)[n] = !(image[IMAGE_FTW] >> n & 1);
  memcpy(&FIELD(uint16_t, e->env, ENV_FPOP), image + IMAGE_FOP, 2);
  FIELD(uint16_t, e->env, ENV_FPOP) &= 0x7ff;
  memcpy(&FIELD(uint64_t, e->env, ENV_FPIP), image + IMAGE_FIP, 8);
  memcpy(&FIELD(uint64_t, e->env, ENV_FPDP), image + IMAGE_FDP, 8);
  for (uint32_t n = 0; n < 8; n++) memcpy(x87_register(e, *x87_top(e) + n), image + IMAGE_ST + 16 * n, 10);
}

void seams_reset_x87(seams_engine *e) {
  *x87_status(e) = 0;
  *x87_top(e) = 0;
  memset(x87_empty(e), 1, 8);
  FIELD(uint16_t, e->env, ENV_FPOP) = 0;
  FIELD(uint64_t, e->env, ENV_FPIP) = FIELD(uint64_t, e->env, ENV_FPDP) = 0;
  seams_write_x87_control(e, 0x37f);
}

uint16_t seams_x87_status(const seams_engine *e) {
  if (e->lent_x87) {
    uint16_t status;
    __asm__ volatile("fnstsw %0" : "=a"(status));
    return status;
  }
  return (uint16_t)((*x87_status(e) & ~FSW_TOP) | (*x87_top(e) & 7) << FSW_TOP_SHIFT);
}
