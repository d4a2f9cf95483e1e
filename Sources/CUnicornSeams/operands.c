// How helpers reach registers, memory and flags of the guest.

#include <string.h>

#include "forms.h"

uint32_t cpu_ldub_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);
uint32_t cpu_lduw_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);
uint32_t cpu_ldl_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);
uint64_t cpu_ldq_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);
void cpu_stb_mmuidx_ra_x86_64(void *env, uint64_t address, uint32_t value, int mmu_index, uintptr_t ra);
void cpu_stw_mmuidx_ra_x86_64(void *env, uint64_t address, uint32_t value, int mmu_index, uintptr_t ra);
void cpu_stl_mmuidx_ra_x86_64(void *env, uint64_t address, uint32_t value, int mmu_index, uintptr_t ra);
void cpu_stq_mmuidx_ra_x86_64(void *env, uint64_t address, uint64_t value, int mmu_index, uintptr_t ra);
void *probe_access_x86_64(void *env, uint64_t address, int bytes, int access, int mmu_index, uintptr_t ra);
uint64_t helper_cc_compute_all_x86_64(uint64_t dst, uint64_t src1, uint64_t src2, int op);

_Noreturn void seams_raise(seams_engine *e, int vector, int error_code, uintptr_t ra) {
  raise_exception_err_ra_x86_64(e->env, vector, error_code, ra);
  __builtin_unreachable();
}

int seams_mmu_index(const seams_engine *e) {
  enum { HF_SMAP = 1 << 23 };
  uint32_t hidden = FIELD(uint32_t, e->env, ENV_HFLAGS);
  if ((hidden & HF_CPL_MASK) == 3) return SEAMS_USER;
  return !(hidden & HF_SMAP) || FIELD(uint32_t, e->env, ENV_EFLAGS) & RFLAGS_AC ? SEAMS_SUPERVISOR : SEAMS_SUPERVISOR_SMAP;
}

// MARK: memory

static uint64_t segment_base(const seams_engine *e, int segment) {
  return FIELD(uint64_t, e->env, ENV_SEGS + segment * SEGMENT_BYTES + 8);
}

uint64_t seams_linear_address(seams_engine *e, const instruction *i) {
  uint64_t address = (uint64_t)i->displacement;
  if (i->base == REGISTER_RIP)
    address += FIELD(uint64_t, e->env, ENV_EIP) + i->length;
  else if (i->base >= 0)
    address += *seams_gpr(e, i->base);
  if (i->index >= 0) address += *seams_gpr(e, i->index) * i->scale;
  if (i->address_bytes == 4) address = (uint32_t)address;
  if (i->address_bytes == 2) address = (uint16_t)address;
  bool is_long = i->code_bits == 64;
  if (!is_long || i->segment >= SEGMENT_FS) address += segment_base(e, i->segment);
  return is_long ? address : (uint32_t)address;
}

// What the operand's address must be a multiple of (SDM volume 3, table 7-7).
static uint32_t alignment_of(uint32_t bytes) {
  if (bytes <= 16 && (bytes & (bytes - 1)) == 0) return bytes;
  return bytes == 10 ? 8 : bytes == 28 || bytes == 108 ? 4 : bytes == 14 || bytes == 94 ? 2 : 1;
}

enum { NO_BYTES = 0 };  // the right alone: nothing is read or written yet that a data breakpoint could see

void seams_check_source(seams_engine *e, const instruction *i, uintptr_t ra) {
  uint64_t count = *seams_gpr(e, RCX);
  if (i->address_bytes < 8) count &= (1ull << 8 * i->address_bytes) - 1;
  if ((i->has_rep || i->has_repne) && count == 0) return;
  instruction source = *i;
  source.base = RSI;
  source.index = -1;
  source.displacement = 0;
  if (!i->has_override) source.segment = SEGMENT_DS;
  uint64_t address = seams_linear_address(e, &source);
  uint32_t bytes = i->opcode & 1 ? i->operand_bytes : 1;
  seams_check_alignment(e, address, bytes, ra);
  int index = seams_mmu_index(e);
  probe_access_x86_64(e->env, address, NO_BYTES, SEAMS_READ, index, ra);
  if ((address & 0xfff) + bytes > 4096) probe_access_x86_64(e->env, address + bytes - 1, NO_BYTES, SEAMS_READ, index, ra);
}

void seams_ask_to_modify(seams_engine *e, uint64_t address, int mmu_index, uintptr_t ra) {
  if (seams_is_canonical(address)) probe_access_x86_64(e->env, address, NO_BYTES, SEAMS_WRITE, mmu_index, ra);
}

void seams_load(seams_engine *e, uint64_t address, void *out, uint32_t bytes, uintptr_t ra) {
  seams_check_alignment(e, address, alignment_of(bytes), ra);
  int index = seams_mmu_index(e);
  bool is_in_page = (address & 0xfff) + bytes <= 4096;
  const uint64_t *entry = seams_tlb_entry(e, address, index);
  if (is_in_page && entry[TLB_READ] == (address & ~0xfffull)) {  // RAM that may be read and that nobody watches
    const void *from = (const void *)(uintptr_t)(address + entry[TLB_ADDEND]);
    if (bytes == 8)
      memcpy(out, from, 8);
    else
      memcpy(out, from, bytes);
    return;
  }
  if (!is_in_page) {
    seams_find_position(e, ra);
    if (e->traits & TRAIT_MODIFIES) seams_ask_to_modify(e, address, index, ra);
  }
  uint8_t *to = out;
  uint32_t at = 0;
  for (; bytes - at >= 8; at += 8) {
    uint64_t part = cpu_ldq_mmuidx_ra_x86_64(e->env, address + at, index, ra);
    memcpy(to + at, &part, 8);
  }
  if (bytes - at >= 4) {
    uint32_t part = cpu_ldl_mmuidx_ra_x86_64(e->env, address + at, index, ra);
    memcpy(to + at, &part, 4);
    at += 4;
  }
  if (bytes - at >= 2) {
    uint16_t part = (uint16_t)cpu_lduw_mmuidx_ra_x86_64(e->env, address + at, index, ra);
    memcpy(to + at, &part, 2);
    at += 2;
  }
  if (at < bytes) to[at] = (uint8_t)cpu_ldub_mmuidx_ra_x86_64(e->env, address + at, index, ra);
}

bool seams_probe_write(seams_engine *e, uint64_t address, uint32_t bytes, uintptr_t ra) {
  int index = seams_mmu_index(e);
  bool is_memory = true;
  while (bytes) {
    uint32_t left = 4096 - (address & 0xfff), part = bytes < left ? bytes : left;
    if (!probe_access_x86_64(e->env, address, (int)part, SEAMS_WRITE, index, ra)) is_memory = false;
    address += part;
    bytes -= part;
  }
  return is_memory;
}

void seams_store(seams_engine *e, uint64_t address, const void *in, uint32_t bytes, uintptr_t ra) {
  seams_check_alignment(e, address, alignment_of(bytes), ra);
  if (bytes > 8 || (address & 0xfff) + bytes > 4096) seams_probe_write(e, address, bytes, ra);
  int index = seams_mmu_index(e);
  const uint8_t *from = in;
  uint32_t at = 0;
  for (; bytes - at >= 8; at += 8) {
    uint64_t part;
    memcpy(&part, from + at, 8);
    cpu_stq_mmuidx_ra_x86_64(e->env, address + at, part, index, ra);
  }
  if (bytes - at >= 4) {
    uint32_t part;
    memcpy(&part, from + at, 4);
    cpu_stl_mmuidx_ra_x86_64(e->env, address + at, part, index, ra);
    at += 4;
  }
  if (bytes - at >= 2) {
    uint16_t part;
    memcpy(&part, from + at, 2);
    cpu_stw_mmuidx_ra_x86_64(e->env, address + at, part, index, ra);
    at += 2;
  }
  if (at < bytes) cpu_stb_mmuidx_ra_x86_64(e->env, address + at, from[at], index, ra);
}

// MARK: registers

// AH CH DH BH, which only an instruction without REX or VEX can name.
static bool is_high_byte(const instruction *i, int index, int bytes) {
  return bytes == 1 && index >= 4 && index < 8 && !i->rex && !i->is_vex;
}

uint64_t seams_read_register(seams_engine *e, const instruction *i, int index, int bytes) {
  if (is_high_byte(i, index, bytes)) return *seams_gpr(e, index - 4) >> 8 & 0xff;
  uint64_t value = *seams_gpr(e, index);
  return bytes == 8 ? value : value & (((uint64_t)1 << (8 * bytes)) - 1);
}

void seams_write_register(seams_engine *e, const instruction *i, int index, int bytes, uint64_t value) {
  if (is_high_byte(i, index, bytes)) {
    uint64_t *whole = seams_gpr(e, index - 4);
    *whole = (*whole & ~(uint64_t)0xff00) | (value & 0xff) << 8;
    return;
  }
  uint64_t *whole = seams_gpr(e, index);
  switch (bytes) {
    case 1: *whole = (*whole & ~(uint64_t)0xff) | (value & 0xff); break;
    case 2: *whole = (*whole & ~(uint64_t)0xffff) | (value & 0xffff); break;
    case 4: *whole = (uint32_t)value; break;
    default: *whole = value;
  }
}

uint64_t seams_read_operand(seams_engine *e, const instruction *i, int bytes, uintptr_t ra) {
  if (!i->is_memory) return seams_read_register(e, i, i->rm, bytes);
  uint64_t value = 0;
  seams_load(e, seams_linear_address(e, i), &value, (uint32_t)bytes, ra);
  return value;
}

void seams_write_operand(seams_engine *e, const instruction *i, int bytes, uint64_t value, uintptr_t ra) {
  if (i->is_memory)
    seams_store(e, seams_linear_address(e, i), &value, (uint32_t)bytes, ra);
  else
    seams_write_register(e, i, i->rm, bytes, value);
}

// MARK: flags

uint32_t seams_read_flags(seams_engine *e) {
  uint64_t flags = helper_cc_compute_all_x86_64(FIELD(uint64_t, e->env, ENV_CC_DST), FIELD(uint64_t, e->env, ENV_CC_SRC),
                                                FIELD(uint64_t, e->env, ENV_CC_SRC2), FIELD(int, e->env, ENV_CC_OP));
  return (uint32_t)flags & FLAGS_ARITHMETIC;
}

void seams_write_flags(seams_engine *e, uint32_t flags) {
  FIELD(uint64_t, e->env, ENV_CC_SRC) = flags & FLAGS_ARITHMETIC;
  FIELD(uint32_t, e->env, ENV_CC_OP) = CC_OP_EFLAGS;
}
