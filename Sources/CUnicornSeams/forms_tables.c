// Descriptor tables, the task register and the machine status word: SGDT SIDT LGDT LIDT, SLDT STR LLDT LTR, SMSW (SDM volume 2).
//
// The library loads LDTR and TR without a look at bits 63-32 of the base and TR from a null selector, knows no UMIP, and cuts
// SMSW to 16 bits outside of 64-bit code.

#include "descriptors.h"

enum { CR0_PE = 1, CR4_UMIP = 1 << 11, RFLAGS_VM = 1 << 17 };
enum { TYPE_MASK = 0x1f << 8, TYPE_TSS_16 = 1 << 8, TYPE_LDT = 2 << 8, TYPE_TSS = 9 << 8, TSS_BUSY = 2 << 8 };

static void tell(seams_engine *e, uint32_t which, uint32_t selector, uint64_t base, uint32_t limit, uintptr_t ra) {
  seams_find_position(e, ra);
  e->call.table_write(e->call.context, which, selector, base, limit);
}

// MARK: LGDT, LIDT

// LGDT, LIDT (0F 01 /2, /3)
static void run_load_table(seams_engine *e, const instruction *i, uintptr_t ra) {
  if (seams_cpl(e) != 0) seams_raise(e, VECTOR_GP, 0, ra);
  bool is_long = i->code_bits == 64;
  uint64_t address = seams_linear_address(e, i), base = 0;
  uint16_t limit;
  seams_load(e, address, &limit, 2, ra);
  seams_load(e, address + 2, &base, is_long ? 8 : 4, ra);
  if (!is_long && i->operand_bytes == 2) base &= 0xffffff;
  if (!seams_is_canonical(base)) seams_raise(e, VECTOR_GP, 0, ra);
  uint8_t *table = (uint8_t *)e->env + ((i->reg & 7) == 2 ? ENV_GDT : ENV_IDT);
  FIELD(uint64_t, table, 8) = base;
  FIELD(uint32_t, table, 16) = limit;
  tell(e, (i->reg & 7) == 2 ? SEAMS_GDTR : SEAMS_IDTR, 0, base, limit, ra);
}

// MARK: LLDT, LTR

static bool is_protected(const seams_engine *e) {
  return seams_cr(e, 0) & CR0_PE && !(FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_VM);
}

static uint32_t read_selector(seams_engine *e, const instruction *i, uintptr_t ra) {
  if (!is_protected(e)) seams_raise(e, VECTOR_UD, 0, ra);
  if (seams_cpl(e) != 0) seams_raise(e, VECTOR_GP, 0, ra);
  return (uint32_t)seams_read_operand(e, i, 2, ra);
}

// The base is looked at last, as by KVM's emulator; the manual names no order.
static void check_system_descriptor(seams_engine *e, const descriptor *d, bool is_expected_type, uintptr_t ra) {
  int code = seams_selector_code(d->selector);
  if (!is_expected_type) seams_raise(e, VECTOR_GP, code, ra);
  if (!(d->attributes & PRESENT)) seams_raise(e, VECTOR_NP, code, ra);
  if (!seams_is_canonical(seams_descriptor_base(d))) seams_raise(e, VECTOR_GP, code, ra);
}

static void tell_segment(seams_engine *e, uint32_t which, size_t place, uintptr_t ra) {
  const uint8_t *segment = (uint8_t *)e->env + place;
  tell(e, which, FIELD(uint32_t, segment, 0), FIELD(uint64_t, segment, 8), FIELD(uint32_t, segment, 16), ra);
}

// LLDT (0F 00 /2): a null selector leaves a table without entries
static void run_lldt(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint32_t selector = read_selector(e, i, ra);
  if (seams_selector_code(selector) == 0) {
    FIELD(uint32_t, e->env, ENV_LDT) = selector;
    FIELD(uint64_t, e->env, ENV_LDT + 8) = 0;
    FIELD(uint32_t, e->env, ENV_LDT + 16) = 0;
    tell(e, SEAMS_LDTR, selector, 0, 0, ra);
    return;
  }
  descriptor d = seams_read_system_descriptor(e, selector, ra);
  check_system_descriptor(e, &d, (d.attributes & TYPE_MASK) == TYPE_LDT, ra);
  seams_set_segment(e, ENV_LDT, &d, selector);
  tell_segment(e, SEAMS_LDTR, ENV_LDT, ra);
}

// LTR (0F 00 /3): the segment is busy then, in memory; the library keeps the descriptor in TR as it was (state.c)
static void run_ltr(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint32_t selector = read_selector(e, i, ra);
  if (seams_selector_code(selector) == 0) seams_raise(e, VECTOR_GP, 0, ra);
  descriptor d = seams_read_system_descriptor(e, selector, ra);
  uint32_t type = d.attributes & TYPE_MASK;
  bool is_long_mode = FIELD(uint64_t, e->env, ENV_EFER) >> 10 & 1;
  check_system_descriptor(e, &d, type == TYPE_TSS || (type == TYPE_TSS_16 && !is_long_mode), ra);
  seams_write_attributes(e, &d, d.attributes | TSS_BUSY, ra);
  seams_set_segment(e, ENV_TR, &d, selector);
  tell_segment(e, SEAMS_TR, ENV_TR, ra);
}

// MARK: what user-mode instruction prevention forbids

static void check_prevention(seams_engine *e, uintptr_t ra) {
  if (seams_cpl(e) != 0 && seams_cr(e, 4) & CR4_UMIP) seams_raise(e, VECTOR_GP, 0, ra);
}

// Before the library executes SGDT SIDT SLDT STR; the last two do not exist where there are no selectors, which it knows.
void seams_check_prevention(seams_engine *e, const instruction *i, uintptr_t ra) {
  bool is_selector = i->opcode == 0;
  if (!is_selector || is_protected(e)) check_prevention(e, ra);
}

// SMSW (0F 01 /4): 16 bits in memory, as much of CR0 as the operand holds in a register
static void run_smsw(seams_engine *e, const instruction *i, uintptr_t ra) {
  check_prevention(e, ra);
  seams_write_operand(e, i, i->is_memory ? 2 : i->operand_bytes, seams_cr(e, 0), ra);
}

// MARK: table

#define ROW(opcode, regs, operand, run, traits) {MAP_0F, opcode, opcode, ANY_PREFIX, regs, operand, ANY_CODE, LEGACY, {run, traits}}
const form_row seams_table_forms[] = {
    ROW(0x00, REG(0) | REG(1), ANY_OPERAND, 0, TRAIT_PREVENTED),
    ROW(0x00, REG(2), ANY_OPERAND, run_lldt, TRAIT_ENDS_BLOCK),
    ROW(0x00, REG(3), ANY_OPERAND, run_ltr, TRAIT_ENDS_BLOCK),
    ROW(0x01, REG(0) | REG(1), MEMORY, 0, TRAIT_PREVENTED),
    ROW(0x01, REG(2) | REG(3), MEMORY, run_load_table, TRAIT_ENDS_BLOCK),
    ROW(0x01, REG(4), ANY_OPERAND, run_smsw, 0),
};
const unsigned seams_table_form_count = sizeof seams_table_forms / sizeof *seams_table_forms;
