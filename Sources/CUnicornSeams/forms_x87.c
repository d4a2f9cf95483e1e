// The x87 unit: the host's own executes each instruction, on the guest's x87 state, which it keeps meanwhile (host_units.c).
//
// The library keeps no status flags, knows no stack faults, and rounds constants and remainders its own way. Only the
// transcendental instructions are computed elsewhere (x87_functions.c), as their last bits differ between processors.

#include <string.h>

#include "host_units.h"

uint64_t seams_native_x87(void *image, const void *slot, void *memory, uint64_t flags);
extern const uint8_t seams_x87_register_slots[8][64][16], seams_x87_memory_slots[8][8][16];

enum { FSW_FLAGS = 0x3f, FSW_PE = 0x20, FSW_ES = 0x80, FSW_B = 0x8000, FSW_TOP_SHIFT = 11, FSW_TOP = 7 << FSW_TOP_SHIFT };
enum { CR0_MP = 1 << 1, CR0_EM = 1 << 2, CR0_TS = 1 << 3 };
enum { IMAGE_FCW = 0, IMAGE_FSW = 2, IMAGE_FTW = 4, IMAGE_FOP = 6, IMAGE_FIP = 8, IMAGE_FDP = 16, IMAGE_MXCSR = 24, IMAGE_ST = 32 };

static uint16_t *control_word(const seams_engine *e) { return &FIELD(uint16_t, e->env, ENV_FPUC); }
static uint16_t *status_word(const seams_engine *e) { return &FIELD(uint16_t, e->env, ENV_FPUS); }  // without TOP
static uint32_t *top(const seams_engine *e) { return &FIELD(uint32_t, e->env, ENV_FPSTT); }
static uint8_t *is_empty(const seams_engine *e) { return &FIELD(uint8_t, e->env, ENV_FPTAGS); }
static uint8_t *physical(const seams_engine *e, uint32_t index) { return (uint8_t *)e->env + ENV_FPREGS + 16 * (index & 7); }

// MARK: the whole state

void seams_get_x87(const seams_engine *e, uint8_t image[512]) {
  memset(image, 0, 512);
  uint16_t status = (uint16_t)((*status_word(e) & ~FSW_TOP) | (*top(e) & 7) << FSW_TOP_SHIFT);
  memcpy(image + IMAGE_FCW, control_word(e), 2);
  memcpy(image + IMAGE_FSW, &status, 2);
  for (int n = 0; n < 8; n++) image[IMAGE_FTW] |= (uint8_t)(!is_empty(e)[n] << n);
  memcpy(image + IMAGE_FOP, &FIELD(uint16_t, e->env, ENV_FPOP), 2);
  memcpy(image + IMAGE_FIP, &FIELD(uint64_t, e->env, ENV_FPIP), 8);
  memcpy(image + IMAGE_FDP, &FIELD(uint64_t, e->env, ENV_FPDP), 8);
  for (uint32_t n = 0; n < 8; n++) memcpy(image + IMAGE_ST + 16 * n, physical(e, *top(e) + n), 10);
}

// B and ES follow from the flags and their masks (SDM volume 1, 8.1.3.3).
static uint16_t with_summary(uint16_t status, uint16_t control) {
  return status & ~control & FSW_FLAGS ? status | FSW_ES | FSW_B : status & ~(FSW_ES | FSW_B);
}

static void write_control_word(seams_engine *e, uint16_t value) {
  *control_word(e) = (value & 0x1f3f) | 0x40;
  *status_word(e) = with_summary(*status_word(e), *control_word(e));
  update_fp_status_x86_64(e->env);
}

void seams_set_x87(seams_engine *e, const uint8_t image[512]) {
  uint16_t status, control;
  memcpy(&control, image + IMAGE_FCW, 2);
  memcpy(&status, image + IMAGE_FSW, 2);
  *top(e) = status >> FSW_TOP_SHIFT & 7;
  *status_word(e) = status & (uint16_t)~FSW_TOP;
  write_control_word(e, control);
  for (int n = 0; n < 8; n++) is_empty(e)[n] = !(image[IMAGE_FTW] >> n & 1);
  memcpy(&FIELD(uint16_t, e->env, ENV_FPOP), image + IMAGE_FOP, 2);
  FIELD(uint16_t, e->env, ENV_FPOP) &= 0x7ff;
  memcpy(&FIELD(uint64_t, e->env, ENV_FPIP), image + IMAGE_FIP, 8);
  memcpy(&FIELD(uint64_t, e->env, ENV_FPDP), image + IMAGE_FDP, 8);
  for (uint32_t n = 0; n < 8; n++) memcpy(physical(e, *top(e) + n), image + IMAGE_ST + 16 * n, 10);
}

// MARK: rights

static void check_device(seams_engine *e, uintptr_t ra) {
  if (seams_cr(e, 0) & (CR0_EM | CR0_TS)) seams_raise(e, VECTOR_NM, 0, ra);
}

void seams_check_x87(seams_engine *e, uintptr_t ra) {
  seams_take_x87_back(e);
  if (seams_cr(e, 0) & CR0_TS) seams_raise(e, VECTOR_NM, 0, ra);
  if (*status_word(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
}

static void check_waiting(seams_engine *e, uintptr_t ra) {
  check_device(e, ra);
  if (*status_word(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
}

// MARK: MMX (SDM volume 1, 9.6.2)

uint64_t *seams_mmx(seams_engine *e, int index) { return (uint64_t *)physical(e, (uint32_t)index); }

void seams_write_mmx(seams_engine *e, int index, uint64_t value) {
  *seams_mmx(e, index) = value;
  memset(physical(e, (uint32_t)index) + 8, 0xff, 2);
}

void seams_enter_mmx(seams_engine *e) {
  *top(e) = 0;
  memset(is_empty(e), 0, 8);
}

// The library enters MMX before it looks at memory; the operand is asked for here first.
void seams_before_mmx(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t operand[8];
  if (seams_cr(e, 0) & CR0_EM) seams_raise(e, VECTOR_UD, 0, ra);
  seams_check_x87(e, ra);
  if (!i->is_memory) return;
  if (i->base == REGISTER_RIP) seams_find_position(e, ra);  // the library keeps RIP only where it must
  bool is_store = i->map == MAP_0F && (i->opcode == 0x7e || i->opcode == 0x7f || i->opcode == 0xe7);
  bool is_narrow = i->map == MAP_0F && (i->opcode == 0x6e || i->opcode == 0x7e) && !i->wide;
  uint32_t bytes = is_narrow ? 4 : i->map == MAP_0F && i->opcode == 0xc4 ? 2 : 8;
  uint64_t address = seams_linear_address(e, i);
  if (is_store) {
    seams_check_alignment(e, address, bytes, ra);
    seams_probe_write(e, address, bytes, ra);
  } else {
    seams_load(e, address, operand, bytes, ra);
  }
}

void seams_after_mmx(seams_engine *e, const instruction *i) {
  int written = i->reg & 7;
  if (i->map == MAP_0F) switch (i->opcode) {
      case 0x71: case 0x72: case 0x73: written = i->rm & 7; break;
      case 0x7f:
        if (i->is_memory) return;
        written = i->rm & 7;
        break;
      case 0x77:  // EMMS
        *top(e) = 0;
        return;
      case 0x7e: case 0xc5: case 0xd7: case 0xe7: return;
      case 0xd6:
        if (i->mandatory == PREFIX_F3) return;
    }
  memset(physical(e, (uint32_t)written) + 8, 0xff, 2);
}

void seams_write_mxcsr(seams_engine *e, uint32_t value) {
  seams_take_mxcsr_back(e);
  FIELD(uint32_t, e->env, ENV_MXCSR) = value;
  update_mxcsr_status_x86_64(e->env);
}

// MARK: instructions that compute

typedef struct {
  uint8_t bytes;
  bool is_store;
} memory_form;

// The memory operand by opcode and ModRM.reg (SDM volume 2, tables ); 0 bytes: control instructions and undefined.
static const memory_form memory_forms[8][8] = {
    {{4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}},
    {{4, 0}, {0, 0}, {4, 1}, {4, 1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    {{4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}},
    {{4, 0}, {4, 1}, {4, 1}, {4, 1}, {0, 0}, {10, 0}, {0, 0}, {10, 1}},
    {{8, 0}, {8, 0}, {8, 0}, {8, 0}, {8, 0}, {8, 0}, {8, 0}, {8, 0}},
    {{8, 0}, {8, 1}, {8, 1}, {8, 1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    {{2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 0}},
    {{2, 0}, {2, 1}, {2, 1}, {2, 1}, {10, 0}, {8, 0}, {10, 1}, {8, 1}},
};

static void note_pointers(seams_engine *e, const instruction *i, uint64_t address) {
  FIELD(uint16_t, e->env, ENV_FPOP) = (uint16_t)((i->opcode & 7) << 8 | i->modrm);
  FIELD(uint64_t, e->env, ENV_FPIP) = FIELD(uint64_t, e->env, ENV_EIP);
  if (i->is_memory) FIELD(uint64_t, e->env, ENV_FPDP) = address;
}

// A pending exception is told by the guest's next instruction that waits, not by the host's.
static uint16_t step(seams_engine *e, const void *slot, void *memory) {
  seams_lend_x87(e);
  uint16_t status = seams_x87_step(slot, memory);
  if (status & FSW_ES) seams_take_x87_back(e);
  return status;
}

// Instructions that read or write EFLAGS, and those that software computes.
static void execute_apart(seams_engine *e, const instruction *i, uint64_t *flags) {
  const uint32_t default_mxcsr = 0x1f80;
  _Alignas(16) uint8_t image[512];
  seams_take_units_back(e);
  seams_get_x87(e, image);
  memcpy(image + IMAGE_MXCSR, &default_mxcsr, 4);
  if (i->opcode != 0xd9 || !seams_x87_function(i->modrm, image))
    *flags = seams_native_x87(image, seams_x87_register_slots[i->opcode & 7][i->modrm & 63], NULL, *flags | 2);
  seams_set_x87(e, image);
  note_pointers(e, i, 0);
}

static uint64_t data_offset(seams_engine *e, const instruction *i, uint64_t linear) {
  uint64_t base = FIELD(uint64_t, e->env, ENV_SEGS + i->segment * SEGMENT_BYTES + 8);
  if (i->code_bits == 64) return i->segment >= SEGMENT_FS ? linear - base : linear;
  return (uint32_t)(linear - base);
}

static void run_memory(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint8_t operand[16] = {0};
  memory_form m = memory_forms[i->opcode & 7][i->reg & 7];
  check_waiting(e, ra);
  uint64_t address = seams_linear_address(e, i);
  if (!m.is_store) {
    seams_load(e, address, operand, m.bytes, ra);
  } else {  // asked for also where an exception will keep the result back
    seams_check_alignment(e, address, m.bytes == 10 ? 8 : m.bytes, ra);
    if (!seams_probe_write(e, address, m.bytes, ra)) seams_require_last(e, ra);
  }
  uint16_t status = step(e, seams_x87_memory_slots[i->opcode & 7][i->reg & 7], operand);
  note_pointers(e, i, data_offset(e, i, address));
  // An unmasked exception other than of precision keeps the result back.
  bool kept_back = status & ~*control_word(e) & FSW_FLAGS & ~FSW_PE;
  if (m.is_store && !kept_back) seams_store(e, address, operand, m.bytes, ra);
}

// MARK: control instructions

static void reset_unit(seams_engine *e) {
  *status_word(e) = 0;
  *top(e) = 0;
  memset(is_empty(e), 1, 8);
  FIELD(uint16_t, e->env, ENV_FPOP) = 0;
  FIELD(uint64_t, e->env, ENV_FPIP) = FIELD(uint64_t, e->env, ENV_FPDP) = 0;
  write_control_word(e, 0x37f);
}

// DB E0-E4: FNENI FNDISI FNCLEX FNINIT FNSETPM
static void run_db_control(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_device(e, ra);
  seams_take_x87_back(e);
  if (i->modrm == 0xe2) *status_word(e) &= (uint16_t)~(FSW_B | FSW_ES | 0x40 | FSW_FLAGS);
  if (i->modrm == 0xe3) reset_unit(e);
}

static uint16_t whole_status(const seams_engine *e) {
  if (e->lent_x87) {
    uint16_t status;
    __asm__ volatile("fnstsw %0" : "=a"(status));
    return status;
  }
  return (uint16_t)((*status_word(e) & ~FSW_TOP) | (*top(e) & 7) << FSW_TOP_SHIFT);
}

// FNSTSW AX (DF E0), FNSTSW m16 (DD /7)
static void run_fnstsw(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_device(e, ra);
  if (i->is_memory)
    seams_write_operand(e, i, 2, whole_status(e), ra);
  else
    seams_write_register(e, i, RAX, 2, whole_status(e));
}

// FNSTCW (D9 /7)
static void run_fnstcw(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_device(e, ra);
  seams_write_operand(e, i, 2, *control_word(e), ra);
}

// FLDCW (D9 /5)
static void run_fldcw(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_waiting(e, ra);
  uint16_t value = (uint16_t)seams_read_operand(e, i, 2, ra);
  if (!e->lent_x87) {
    write_control_word(e, value);
    return;
  }
  // The host's word changes with the guest's; what becomes pending by it is looked at in the guest's.
  *control_word(e) = (value & 0x1f3f) | 0x40;
  __asm__ volatile("fldcw %0" : : "m"(value));
  if (whole_status(e) & FSW_ES) seams_take_x87_back(e);
}

// FWAIT: #NM for CR0.MP and CR0.TS
static void run_fwait(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i;
  if ((seams_cr(e, 0) & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) seams_raise(e, VECTOR_NM, 0, ra);
  if (*status_word(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
}

// MARK: the environment in memory (SDM volume 1, figures 8-9 to 8-12)

// Valid 0, zero 1, special 2, empty 3.
static uint16_t tag_of(const seams_engine *e, uint32_t index) {
  uint64_t significand;
  uint16_t exponent;
  if (is_empty(e)[index]) return 3;
  memcpy(&significand, physical(e, index), 8);
  memcpy(&exponent, physical(e, index) + 8, 2);
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
    uint16_t form16[7] = {*control_word(e), whole_status(e), tag_word(e), (uint16_t)fip, 0, (uint16_t)fdp, 0};
    if (!is_protected(e)) {
      form16[4] = (uint16_t)((fip >> 4 & 0xf000) | fop);
      form16[6] = (uint16_t)(fdp >> 4 & 0xf000);
    }
    memcpy(out, form16, 14);
    return;
  }
  words[0] = *control_word(e);
  words[2] = whole_status(e);
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
  *top(e) = status >> FSW_TOP_SHIFT & 7;
  *status_word(e) = status & (uint16_t)~FSW_TOP;
  for (int n = 0; n < 8; n++) is_empty(e)[n] = (tags >> (2 * n) & 3) == 3;
  write_control_word(e, control);
}

// FNSTENV (D9 /6): masks all exceptions after it.
static void run_fnstenv(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t environment[28];
  check_device(e, ra);
  make_environment(e, i, environment);
  seams_store(e, seams_linear_address(e, i), environment, environment_bytes(i), ra);
  write_control_word(e, *control_word(e) | FSW_FLAGS);
}

// FLDENV (D9 /4)
static void run_fldenv(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t environment[28];
  check_waiting(e, ra);
  seams_load(e, seams_linear_address(e, i), environment, environment_bytes(i), ra);
  take_environment(e, i, environment);
}

// FNSAVE (DD /6): the environment, ST0 to ST7, then FNINIT
static void run_fnsave(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t state[108];
  uint32_t bytes = environment_bytes(i);
  check_device(e, ra);
  make_environment(e, i, state);
  for (uint32_t n = 0; n < 8; n++) memcpy(state + bytes + 10 * n, physical(e, *top(e) + n), 10);
  seams_store(e, seams_linear_address(e, i), state, bytes + 80, ra);
  reset_unit(e);
}

// FRSTOR (DD /4)
static void run_frstor(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_take_x87_back(e);
  uint8_t state[108];
  uint32_t bytes = environment_bytes(i);
  check_waiting(e, ra);
  seams_load(e, seams_linear_address(e, i), state, bytes + 80, ra);
  take_environment(e, i, state);
  for (uint32_t n = 0; n < 8; n++) memcpy(physical(e, *top(e) + n), state + bytes + 10 * n, 10);
}

// MARK: register forms

// ModRM bytes C0-FF that are no instruction, by opcode, one bit each (SDM volume 2, tables ).
static const uint64_t undefined_registers[8] = {
    0,                                            // D8
    (uint64_t)0xfe << 16 | (uint64_t)0xcc << 32 | (uint64_t)0x80 << 40,  // D9 D1-D7, E2 E3 E6 E7, EF
    (uint64_t)0xff << 32 | (uint64_t)0xfd << 40 | (uint64_t)0xffff << 48,  // DA E0-E7, E8 EA-EF, F0-FF
    (uint64_t)0xe0 << 32 | (uint64_t)0xff << 56,  // DB E5-E7, F8-FF
    0,                                            // DC
    (uint64_t)0xffff << 48,                       // DD F0-FF
    (uint64_t)0xfd << 24,                         // DE D8 DA-DF
    (uint64_t)0xfe << 32 | (uint64_t)0xff << 56,  // DF E1-E7, F8-FF
};

// D9 F0-F3, F9, FB, FE, FF (x87_functions.c)
static bool is_function(const instruction *i) { return i->opcode == 0xd9 && i->modrm >= 0xf0 && 0xca0f >> (i->modrm - 0xf0) & 1; }

static void run_register(seams_engine *e, const instruction *i, uintptr_t ra) {
  if (undefined_registers[i->opcode & 7] >> (i->modrm & 63) & 1) seams_raise(e, VECTOR_UD, 0, ra);
  if (i->opcode == 0xdb && i->modrm >= 0xe0 && i->modrm < 0xe5) {
    run_db_control(e, i, ra);
  } else if (i->opcode == 0xdf && i->modrm == 0xe0) {
    run_fnstsw(e, i, ra);
  } else {
    check_waiting(e, ra);
    uint64_t flags = 0;
    if (is_function(i)) {
      execute_apart(e, i, &flags);
      return;
    }
    step(e, seams_x87_register_slots[i->opcode & 7][i->modrm & 63], NULL);
    note_pointers(e, i, 0);
  }
}

// FCMOVcc (DA, DB C0-DF): by the flags
static void run_conditional_move(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_waiting(e, ra);
  uint64_t flags = seams_read_flags(e);
  execute_apart(e, i, &flags);
}

// FCOMI, FUCOMI, FCOMIP, FUCOMIP (DB, DF E8-F7): to the flags
static void run_compare_to_flags(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_waiting(e, ra);
  uint64_t flags = seams_read_flags(e);
  execute_apart(e, i, &flags);
  seams_write_flags(e, (uint32_t)flags);
}

// MARK: table

#define ROW(opcodes, regs, operand, run, traits) {MAP_ONE, opcodes, ANY_PREFIX, regs, operand, ANY_CODE, LEGACY, {run, traits}}
#define ONE(opcode) opcode, opcode
#define TO(first, last) first, last
const form_row seams_x87_forms[] = {
    ROW(ONE(0x9b), ANY_REG, ANY_OPERAND, run_fwait, 0),
    ROW(ONE(0xd9), REG(4), MEMORY, run_fldenv, 0),
    ROW(ONE(0xd9), REG(5), MEMORY, run_fldcw, 0),
    ROW(ONE(0xd9), REG(6), MEMORY, run_fnstenv, 0),
    ROW(ONE(0xd9), REG(7), MEMORY, run_fnstcw, 0),
    ROW(ONE(0xdd), REG(4), MEMORY, run_frstor, 0),
    ROW(ONE(0xdd), REG(6), MEMORY, run_fnsave, 0),
    ROW(ONE(0xdd), REG(7), MEMORY, run_fnstsw, 0),
    ROW(ONE(0xd9), REG(1), MEMORY, 0, TRAIT_UNDEFINED),
    ROW(ONE(0xdb), REG(4) | REG(6), MEMORY, 0, TRAIT_UNDEFINED),
    ROW(ONE(0xdd), REG(5), MEMORY, 0, TRAIT_UNDEFINED),
    ROW(TO(0xd8, 0xdf), ANY_REG, MEMORY, run_memory, 0),
    ROW(TO(0xda, 0xdb), REG(0) | REG(1) | REG(2) | REG(3), REGISTER, run_conditional_move, 0),
    ROW(ONE(0xdb), REG(5) | REG(6), REGISTER, run_compare_to_flags, TRAIT_SETS_FLAGS),
    ROW(ONE(0xdf), REG(5) | REG(6), REGISTER, run_compare_to_flags, TRAIT_SETS_FLAGS),
    ROW(TO(0xd8, 0xdf), ANY_REG, REGISTER, run_register, 0),
};
const unsigned seams_x87_form_count = sizeof seams_x87_forms / sizeof *seams_x87_forms;
