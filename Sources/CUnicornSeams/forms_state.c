// FXSAVE, FXRSTOR, XSAVE, XSAVEOPT, XRSTOR, XGETBV, XSETBV: the x87, SSE and PKRU state in memory (SDM volume 1, 10.5, 13).

#include <string.h>

#include "forms.h"

enum { STATE_X87 = 1, STATE_SSE = 2, STATE_PKRU = 1 << 9, HEADER = 512, PKRU_OFFSET = SEAMS_XSAVE_PKRU_OFFSET };
enum { LEGACY_XMM = 160, LEGACY_USED = 416, MXCSR_AT = 24 };

static uint64_t *xcr0(const seams_engine *e) { return &FIELD(uint64_t, e->env, ENV_XCR0); }
static uint32_t *mxcsr(const seams_engine *e) { return &FIELD(uint32_t, e->env, ENV_MXCSR); }
static int xmm_count(const instruction *i) { return i->code_bits == 64 ? 16 : 8; }

// Without REX.W the pointers are 32 bits and a selector, which processors without FCS and FDS store as 0 (SDM volume 1, 8.1.8).
static void narrow_pointers(uint8_t image[512], const instruction *i) {
  if (i->wide) return;
  memset(image + 12, 0, 4);
  memset(image + 20, 0, 4);
}

static void put_sse(const seams_engine *e, uint8_t image[512], int count) {
  for (int n = 0; n < count; n++) memcpy(image + LEGACY_XMM + 16 * n, seams_xmm((seams_engine *)e, n), 16);
}

static void put_mxcsr(const seams_engine *e, uint8_t image[512]) {
  const uint32_t mask = MXCSR_VALID;
  memcpy(image + MXCSR_AT, mxcsr(e), 4);
  memcpy(image + MXCSR_AT + 4, &mask, 4);
}

static uint32_t mxcsr_of(const uint8_t *image) {
  uint32_t value;
  memcpy(&value, image + MXCSR_AT, 4);
  return value;
}

static uint64_t aligned_address(seams_engine *e, const instruction *i, uint32_t alignment, uintptr_t ra) {
  uint64_t address = seams_linear_address(e, i);
  bool is_stack = i->segment == SEGMENT_SS;
  if (!seams_is_canonical(address)) seams_raise(e, is_stack ? VECTOR_SS : VECTOR_GP, 0, ra);
  seams_check_alignment(e, address, alignment, ra);
  if (address & (alignment - 1)) seams_raise(e, VECTOR_GP, 0, ra);
  return address;
}

// MARK: FXSAVE, FXRSTOR

static void check_fx(seams_engine *e, uintptr_t ra) {
  seams_take_units_back(e);
  if (seams_cr(e, 0) & (CR0_EM | CR0_TS)) seams_raise(e, VECTOR_NM, 0, ra);
}

static void run_fxsave(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t image[512];
  check_fx(e, ra);
  uint64_t address = aligned_address(e, i, 16, ra);
  bool has_sse = seams_cr(e, 4) & CR4_OSFXSR;
  seams_get_x87(e, image);
  narrow_pointers(image, i);
  put_mxcsr(e, image);
  if (has_sse) put_sse(e, image, xmm_count(i));
  seams_store(e, address, image, has_sse ? (uint32_t)(LEGACY_XMM + 16 * xmm_count(i)) : LEGACY_XMM, ra);
}

static void run_fxrstor(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t image[512];
  check_fx(e, ra);
  uint64_t address = aligned_address(e, i, 16, ra);
  seams_load(e, address, image, LEGACY_USED, ra);
  if (mxcsr_of(image) & ~(uint32_t)MXCSR_VALID) seams_raise(e, VECTOR_GP, 0, ra);
  narrow_pointers(image, i);
  seams_set_x87(e, image);
  seams_write_mxcsr(e, mxcsr_of(image));
  if (seams_cr(e, 4) & CR4_OSFXSR)
    for (int n = 0; n < xmm_count(i); n++) memcpy(seams_xmm(e, n), image + LEGACY_XMM + 16 * n, 16);
}

// MARK: XSAVE, XSAVEOPT

static void check_xsave(seams_engine *e, uintptr_t ra) {
  seams_take_units_back(e);
  if (!(seams_cr(e, 4) & CR4_OSXSAVE)) seams_raise(e, VECTOR_UD, 0, ra);
  if (seams_cr(e, 0) & CR0_TS) seams_raise(e, VECTOR_NM, 0, ra);
}

static uint64_t requested(seams_engine *e) {
  return *xcr0(e) & ((uint32_t)*seams_gpr(e, RAX) | *seams_gpr(e, RDX) << 32);
}

static bool is_zero(const uint8_t *bytes, size_t count) {
  for (size_t n = 0; n < count; n++)
    if (bytes[n]) return false;
  return true;
}

// The components that are not in their initial configuration (SDM volume 1, 13.6).
static uint64_t in_use(seams_engine *e, const instruction *i) {
  static const uint8_t initial[LEGACY_XMM] = {[0] = 0x7f, [1] = 0x03};
  uint8_t image[512];
  seams_get_x87(e, image);
  uint64_t used = memcmp(image, initial, MXCSR_AT) || memcmp(image + 32, initial + 32, LEGACY_XMM - 32) ? STATE_X87 : 0;
  for (int n = 0; n < xmm_count(i); n++)
    if (!is_zero(seams_xmm(e, n), 16)) used |= STATE_SSE;
  if (FIELD(uint32_t, e->env, ENV_PKRU)) used |= STATE_PKRU;
  return used;
}

static void save(seams_engine *e, const instruction *i, bool skips_initial, uintptr_t ra) {
  uint8_t image[512];
  check_xsave(e, ra);
  uint64_t address = aligned_address(e, i, 64, ra), wanted = requested(e), used = in_use(e, i), present;
  uint64_t written = skips_initial ? wanted & used : wanted;
  uint32_t bytes = *xcr0(e) & STATE_PKRU ? PKRU_OFFSET + 8 : HEADER + 64;
  seams_load(e, address + HEADER, &present, 8, ra);
  seams_probe_write(e, address, written & STATE_PKRU ? bytes : HEADER + 64, ra);
  seams_get_x87(e, image);
  narrow_pointers(image, i);
  put_mxcsr(e, image);
  put_sse(e, image, xmm_count(i));
  if (written & STATE_X87) {
    seams_store(e, address, image, MXCSR_AT, ra);
    seams_store(e, address + 32, image + 32, LEGACY_XMM - 32, ra);
  }
  if (wanted & STATE_SSE) seams_store(e, address + MXCSR_AT, image + MXCSR_AT, 8, ra);
  if (written & STATE_SSE) seams_store(e, address + LEGACY_XMM, image + LEGACY_XMM, (uint32_t)(16 * xmm_count(i)), ra);
  if (written & STATE_PKRU) {
    uint64_t value = FIELD(uint32_t, e->env, ENV_PKRU);
    seams_store(e, address + PKRU_OFFSET, &value, 8, ra);
  }
  present = (present & ~wanted) | (wanted & used);
  seams_store(e, address + HEADER, &present, 8, ra);
}

static void run_xsave(seams_engine *e, const instruction *i, uintptr_t ra) { save(e, i, false, ra); }
static void run_xsaveopt(seams_engine *e, const instruction *i, uintptr_t ra) { save(e, i, true, ra); }

// MARK: XRSTOR

static void restore_sse(seams_engine *e, const instruction *i, const uint8_t *image, bool is_present) {
  for (int n = 0; n < xmm_count(i); n++) {
    if (is_present)
      memcpy(seams_xmm(e, n), image + LEGACY_XMM + 16 * n, 16);
    else
      memset(seams_xmm(e, n), 0, 16);
  }
}

// The standard form only: no XSAVEC is announced. A component that the header does not name is set to its initial
// configuration, PKRU to 0.
static void run_xrstor(seams_engine *e, const instruction *i, uintptr_t ra) {
  static const uint8_t initial[512] = {[0] = 0x7f, [1] = 0x03};
  uint8_t image[512], header[64];
  uint32_t pkru = 0;
  check_xsave(e, ra);
  uint64_t address = aligned_address(e, i, 64, ra), wanted = requested(e), present;
  seams_load(e, address + HEADER, header, 64, ra);
  memcpy(&present, header, 8);
  if (present & ~*xcr0(e) || !is_zero(header + 8, 16)) seams_raise(e, VECTOR_GP, 0, ra);
  seams_load(e, address, image, LEGACY_USED, ra);
  if (wanted & STATE_SSE && mxcsr_of(image) & ~(uint32_t)MXCSR_VALID) seams_raise(e, VECTOR_GP, 0, ra);
  if (wanted & present & STATE_PKRU) seams_load(e, address + PKRU_OFFSET, &pkru, 4, ra);
  narrow_pointers(image, i);
  if (wanted & STATE_X87) seams_set_x87(e, present & STATE_X87 ? image : initial);
  if (wanted & STATE_SSE) {
    seams_write_mxcsr(e, mxcsr_of(image));
    restore_sse(e, i, image, present & STATE_SSE);
  }
  if (wanted & STATE_PKRU) seams_write_pkru(e, pkru);
}

// MARK: XGETBV, XSETBV

void seams_run_xgetbv(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i;
  if (!(seams_cr(e, 4) & CR4_OSXSAVE)) seams_raise(e, VECTOR_UD, 0, ra);
  if ((uint32_t)*seams_gpr(e, RCX) != 0) seams_raise(e, VECTOR_GP, 0, ra);
  *seams_gpr(e, RAX) = (uint32_t)*xcr0(e);
  *seams_gpr(e, RDX) = *xcr0(e) >> 32;
}

void seams_run_xsetbv(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i;
  if (!(seams_cr(e, 4) & CR4_OSXSAVE)) seams_raise(e, VECTOR_UD, 0, ra);
  uint64_t value = (uint32_t)*seams_gpr(e, RAX) | *seams_gpr(e, RDX) << 32;
  bool is_legal = seams_cpl(e) == 0 && (uint32_t)*seams_gpr(e, RCX) == 0 && value & STATE_X87 && !(value & ~e->xcr0_allowed);
  if (!is_legal) seams_raise(e, VECTOR_GP, 0, ra);
  uint64_t old = *xcr0(e);
  *xcr0(e) = value;
  e->in_instruction = true;
  e->call.control_write(e->call.context, SEAMS_XCR0, old, value);
  e->in_instruction = false;
}

#define MEMORY_ROW(reg, run, traits) {MAP_0F, 0xae, 0xae, ON_NONE, REG(reg), MEMORY, ANY_CODE, LEGACY, {run, traits}}
const form_row seams_state_forms[] = {
    MEMORY_ROW(0, run_fxsave, 0),
    MEMORY_ROW(1, run_fxrstor, 0),
    MEMORY_ROW(4, run_xsave, 0),
    MEMORY_ROW(5, run_xrstor, TRAIT_ENDS_BLOCK),
    MEMORY_ROW(6, run_xsaveopt, 0),
};
const unsigned seams_state_form_count = sizeof seams_state_forms / sizeof *seams_state_forms;

