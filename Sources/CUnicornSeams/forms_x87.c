// The x87 unit: the host's own executes each instruction, on the guest's x87 state, which it keeps meanwhile (host_units.c).
//
// The library keeps no status flags, knows no stack faults, and rounds constants and remainders its own way. Only the
// transcendental instructions are computed elsewhere (x87_functions.c), as their last bits differ between processors.

#include "x87.h"

#include <string.h>

uint64_t seams_native_x87(void *image, const void *slot, void *memory, uint64_t flags);
extern const uint8_t seams_x87_register_slots[8][64][16], seams_x87_memory_slots[8][8][16];

// MARK: rights

void seams_check_x87_device(seams_engine *e, uintptr_t ra) {
  if (seams_cr(e, 0) & (CR0_EM | CR0_TS)) seams_raise(e, VECTOR_NM, 0, ra);
}

void seams_check_x87(seams_engine *e, uintptr_t ra) {
  seams_take_x87_back(e);
  if (seams_cr(e, 0) & CR0_TS) seams_raise(e, VECTOR_NM, 0, ra);
  if (*x87_status(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
}

void seams_check_x87_waiting(seams_engine *e, uintptr_t ra) {
  seams_check_x87_device(e, ra);
  if (*x87_status(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
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
  seams_check_x87_waiting(e, ra);
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
  bool kept_back = status & ~*x87_control(e) & FSW_FLAGS & ~FSW_PE;
  if (m.is_store && !kept_back) seams_store(e, address, operand, m.bytes, ra);
}

// MARK: control instructions

// DB E0-E4: FNENI FNDISI FNCLEX FNINIT FNSETPM
static void run_db_control(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_x87_device(e, ra);
  seams_take_x87_back(e);
  if (i->modrm == 0xe2) *x87_status(e) &= (uint16_t)~(FSW_B | FSW_ES | 0x40 | FSW_FLAGS);
  if (i->modrm == 0xe3) seams_reset_x87(e);
}

// FNSTSW AX (DF E0), FNSTSW m16 (DD /7)
static void run_fnstsw(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_x87_device(e, ra);
  if (i->is_memory)
    seams_write_operand(e, i, 2, seams_x87_status(e), ra);
  else
    seams_write_register(e, i, RAX, 2, seams_x87_status(e));
}

// FNSTCW (D9 /7)
static void run_fnstcw(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_x87_device(e, ra);
  seams_write_operand(e, i, 2, *x87_control(e), ra);
}

// FLDCW (D9 /5)
static void run_fldcw(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_x87_waiting(e, ra);
  uint16_t value = (uint16_t)seams_read_operand(e, i, 2, ra);
  if (!e->lent_x87) {
    seams_write_x87_control(e, value);
    return;
  }
  // The host's word changes with the guest's; what becomes pending by it is looked at in the guest's.
  *x87_control(e) = (value & 0x1f3f) | 0x40;
  __asm__ volatile("fldcw %0" : : "m"(value));
  if (seams_x87_status(e) & FSW_ES) seams_take_x87_back(e);
}

// FWAIT: #NM for CR0.MP and CR0.TS
static void run_fwait(seams_engine *e, const instruction *i, uintptr_t ra) {
  (void)i;
  if ((seams_cr(e, 0) & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) seams_raise(e, VECTOR_NM, 0, ra);
  if (*x87_status(e) & FSW_ES) seams_raise(e, VECTOR_MF, 0, ra);
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
    seams_check_x87_waiting(e, ra);
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
  seams_check_x87_waiting(e, ra);
  uint64_t flags = seams_read_flags(e);
  execute_apart(e, i, &flags);
}

// FCOMI, FUCOMI, FCOMIP, FUCOMIP (DB, DF E8-F7): to the flags
static void run_compare_to_flags(seams_engine *e, const instruction *i, uintptr_t ra) {
  seams_check_x87_waiting(e, ra);
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
    ROW(ONE(0xd9), REG(4), MEMORY, seams_run_fldenv, 0),
    ROW(ONE(0xd9), REG(5), MEMORY, run_fldcw, 0),
    ROW(ONE(0xd9), REG(6), MEMORY, seams_run_fnstenv, 0),
    ROW(ONE(0xd9), REG(7), MEMORY, run_fnstcw, 0),
    ROW(ONE(0xdd), REG(4), MEMORY, seams_run_frstor, 0),
    ROW(ONE(0xdd), REG(6), MEMORY, seams_run_fnsave, 0),
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
