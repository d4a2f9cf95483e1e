// FNSTENV, FLDENV, FNSAVE, FRSTOR: the x87 environment in memory (SDM volume 1, figures 8-9 to 8-12).

#include "x87.h"

#include <string.h>

// Valid 0, zero 1, special 2, empty 3.
static uint16_t tag_of(const seams_engine *e, uint32_t index) {
  uint64_t significand;
  uint16_t exponent;
  if (x87_empty(e)[index]) return 3;
  memcpy(&significand, x87_register(e, index), 8);
  memcpy(&exponent, x87_register(e, index) + 8, 2);
  exponent &= 0x7fff;
  if (exponent == 0) return significand ? 2 : 1;
  return exponent == 0x7fff || !(significand >> 63) ? 2 : 0;
}

static uint16_t tag_word(const seams_engine *e) {
  uint16_t tags = 0;
  for (uint32_t n = 0; n < 8; n++) tags |= (uint16_t)(tag_of(e, n) << (2 * n));
  return tags;
}

static bool is_protected(const seams_engine *e) { return seams_cr(e, 0) & 1 && !(FIELD(uint32_t, e->env, ENV_EFLAGS) >> 17 & 1); }
static uint32_t environment_bytes(const instruction *i) { return i->operand_bytes == 2 ? 14 : 28; }

static void make_environment(const seams_engine *e, const instruction *i, uint8_t *out) {
  uint64_t fip = FIELD(uint64_t, e->env, ENV_FPIP), fdp = FIELD(uint64_t, e->env, ENV_FPDP);
  uint32_t fop = FIELD(uint16_t, e->env, ENV_FPOP);
  uint16_t words[14];
  memset(words, 0xff, sizeof words);
  if (i->operand_bytes == 2) {
    uint16_t form16[7] = {*x87_control(e), seams_x87_status(e), tag_word(e), (uint16_t)fip, 0, (uint16_t)fdp, 0};
    if (!is_protected(e)) {
      form16[4] = (uint16_t)((fip >> 4 & 0xf000) | fop);
      form16[6] = (uint16_t)(fdp >> 4 & 0xf000);
    }
    memcpy(out, form16, 14);
    return;
  }
  words[0] = *x87_control(e);
  words[2] = seams_x87_status(e);
  words[4] = tag_word(e);
  words[6] = (uint16_t)fip;
  words[7] = (uint16_t)(fip >> 16);
  words[8] = 0;
  words[9] = (uint16_t)fop;
  words[10] = (uint16_t)fdp;
  words[11] = (uint16_t)(fdp >> 16);
  words[12] = 0;
  if (!is_protected(e)) {
    uint32_t pointer = (uint32_t)((fip >> 16 & 0xffff) << 12) | fop;
    words[7] = 0;
    words[8] = (uint16_t)pointer;
    words[9] = (uint16_t)(pointer >> 16);
    words[11] = 0;
    words[12] = (uint16_t)((fdp >> 16 & 0xf) << 12);
    words[13] = (uint16_t)(fdp >> 20 & 0xfff);
  }
  memcpy(out, words, 28);
}

static void take_environment(seams_engine *e, const instruction *i, const uint8_t *in) {
  uint16_t words[14] = {0}, control, status, tags;
  memcpy(words, in, environment_bytes(i));
  int step = i->operand_bytes == 2 ? 1 : 2;
  control = words[0];
  status = words[step];
  tags = words[2 * step];
  if (step == 1) {
    FIELD(uint64_t, e->env, ENV_FPIP) = words[3];
    FIELD(uint64_t, e->env, ENV_FPDP) = words[5];
    if (!is_protected(e)) {
      FIELD(uint64_t, e->env, ENV_FPIP) |= (uint64_t)(words[4] & 0xf000) << 4;
      FIELD(uint16_t, e->env, ENV_FPOP) = words[4] & 0x7ff;
      FIELD(uint64_t, e->env, ENV_FPDP) |= (uint64_t)(words[6] & 0xf000) << 4;
    }
  } else {
    FIELD(uint64_t, e->env, ENV_FPIP) = words[6] | (uint64_t)words[7] << 16;
    FIELD(uint16_t, e->env, ENV_FPOP) = words[9] & 0x7ff;
    FIELD(uint64_t, e->env, ENV_FPDP) = words[10] | (uint64_t)words[11] << 16;
    if (!is_protected(e)) {
      uint32_t pointer = words[8] | (uint32_t)words[9] << 16;
      FIELD(uint64_t, e->env, ENV_FPIP) = words[6] | (uint64_t)(pointer >> 12 & 0xffff) << 16;
      FIELD(uint16_t, e->env, ENV_FPOP) = pointer & 0x7ff;
      FIELD(uint64_t, e->env, ENV_FPDP) = words[10] | (uint64_t)((words[12] | (uint32_t)words[13] << 16) >> 12 & 0xffff) << 16;
    }
  }
  *x87_top(e) = status >> FSW_TOP_SHIFT & 7;
  *x87_status(e) = status & (uint16_t)~FSW_TOP;
  for (int n = 0; n < 8; n++) x87_empty(e)[n] = (tags >> (2 * n) & 3) == 3;
  seams_write_x87_control(e, control);
}

// FNSTENV (D9 /6): masks all exceptions after it.
void seams_run_fnstenv(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t environment[28];
  seams_check_x87_device(e, ra);
  make_environment(e, i, environment);
  seams_store(e, seams_linear_address(e, i), environment, environment_bytes(i), ra);
  seams_write_x87_control(e, *x87_control(e) | FSW_FLAGS);
}

// FLDENV (D9 /4)
void seams_run_fldenv(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t environment[28];
  seams_check_x87_waiting(e, ra);
  seams_load(e, seams_linear_address(e, i), environment, environment_bytes(i), ra);
  take_environment(e, i, environment);
}

// FNSAVE (DD /6): the environment, ST0 to ST7, then FNINIT
void seams_run_fnsave(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t state[108];
  uint32_t bytes = environment_bytes(i);
  seams_check_x87_device(e, ra);
  make_environment(e, i, state);
  for (uint32_t n = 0; n < 8; n++) memcpy(state + bytes + 10 * n, x87_register(e, *x87_top(e) + n), 10);
  seams_store(e, seams_linear_address(e, i), state, bytes + 80, ra);
  seams_reset_x87(e);
}

// FRSTOR (DD /4)
void seams_run_frstor(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t state[108];
  uint32_t bytes = environment_bytes(i);
  seams_check_x87_waiting(e, ra);
  seams_load(e, seams_linear_address(e, i), state, bytes + 80, ra);
  take_environment(e, i, state);
  for (uint32_t n = 0; n < 8; n++) memcpy(x87_register(e, *x87_top(e) + n), state + bytes + 10 * n, 10);
}
