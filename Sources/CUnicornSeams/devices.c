// Accesses to device registers.
//
// Such an access must be the last of its block, or the count and an interrupt's place would be off. Which instructions
// make one is seen only when they do: the first time, the block is given up before the device has seen anything, and the
// instruction is translated anew, in a block of its own. Its address is remembered, so that later blocks end before and
// after it. What is remembered changes no result, only how often blocks are given up.

#include <string.h>

#include "engine.h"

static uint32_t set_of(uint64_t address) { return (uint32_t)(address ^ address >> 8) % DEVICE_SETS; }

bool seams_reaches_device(const seams_engine *e, uint64_t address) {
  const uint64_t *set = e->device_instructions[set_of(address)];
  for (int way = 0; way < DEVICE_WAYS; way++)
    if (set[way] == address + 1) return true;
  return false;
}

static void note_instruction(seams_engine *e, uint64_t address) {
  if (seams_reaches_device(e, address)) return;
  e->device_instructions[set_of(address)][e->device_way++ % DEVICE_WAYS] = address + 1;
}

// Translated code is given up as a whole before its memory is used again. The library would write zeros to all of that memory,
// which nobody needs and which makes every page of it resident.
void g_tree_ref(void *tree);
void g_tree_destroy(void *tree);
void __wrap_tcg_region_reset_all_x86_64(void *tcg) {
  if (seams_current) {
    seams_forget_positions(seams_current);
    seams_forget_blocks(seams_current);
  }
  FIELD(void *, tcg, TCG_CODE_POINTER) = FIELD(void *, tcg, TCG_CODE_BUFFER);
  FIELD(size_t, tcg, TCG_REGIONS_FULL_BYTES) = 0;
  void *blocks = FIELD(void *, tcg, TCG_BLOCK_TREE);
  g_tree_ref(blocks);
  g_tree_destroy(blocks);
}

// Gives the block up in favour of one that begins with the instruction at hand.
static void begin_block_here(seams_engine *e, uintptr_t return_address) {
  note_instruction(e, e->position_address);
  e->countdown += e->overshoot;
  void *block = tcg_tb_lookup_x86_64(e->tcg, return_address);
  if (block) tb_phys_invalidate_x86_64(e->tcg, block, UINT64_MAX);
  cpu_loop_exit_noexc_x86_64(e->cpu);
}

void seams_require_last(seams_engine *e, uintptr_t return_address) {
  seams_find_position(e, return_address);
  if (e->overshoot > 1) begin_block_here(e, return_address);
}

static uint64_t read_device(seams_engine *e, uint64_t physical, unsigned bytes, uintptr_t return_address) {
  seams_require_last(e, return_address);
  e->in_instruction = true;
  uint64_t value = e->call.device_read(e->call.context, physical, bytes);
  e->in_instruction = false;
  return value;
}

static void write_device(seams_engine *e, uint64_t physical, unsigned bytes, uint64_t value, uintptr_t return_address) {
  seams_require_last(e, return_address);
  e->in_instruction = true;
  e->call.device_write(e->call.context, physical, bytes, value);
  e->in_instruction = false;
}

uint64_t seams_on_device_read(uc_engine *uc, uint64_t offset, unsigned bytes, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  return read_device(e, e->ram_bytes + offset, bytes, FIELD(uintptr_t, e->cpu, CPU_MEM_IO_PC));
}

void seams_on_device_write(uc_engine *uc, uint64_t offset, unsigned bytes, uint64_t value, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  write_device(e, e->ram_bytes + offset, bytes, value, FIELD(uintptr_t, e->cpu, CPU_MEM_IO_PC));
}

// MARK: the short way

// The library's way to a device goes by its regions of memory and by tables of access sizes and byte orders, which cost more than
// most devices. What they do to an aligned access of translated code, of 1, 2 or 4 bytes in the guest's byte order, is nothing:
// such an access is made here, if the library's TLB allows it and nobody but the device wants to know of it.
enum { ENTRY_IS_DEVICE = 1 << 9, MMU_INDEX = 15 };

// `access` is TLB_READ or TLB_WRITE; `kind` is the library's, with the MMU index.
static bool is_plain_access(const seams_engine *e, uint64_t address, unsigned bytes, uint32_t kind, int access, uint64_t *physical) {
  uint64_t wanted = (address & ~0xfffull) | ENTRY_IS_DEVICE, frame;
  if (seams_tlb_entry(e, address, kind & MMU_INDEX)[access] != wanted || address & (bytes - 1)) return false;
  if (!seams_data_frame(e, address, &frame) || frame < e->ram_bytes) return false;
  *physical = frame | (address & 0xfff);
  return true;
}

#define LOAD(name, bytes) \
  uint64_t __real_helper_##name##_mmu_x86_64(void *env, uint64_t address, uint32_t kind, uintptr_t ra); \
  uint64_t __wrap_helper_##name##_mmu_x86_64(void *env, uint64_t address, uint32_t kind, uintptr_t ra) { \
    uint64_t physical; \
    if (!is_plain_access(seams_current, address, bytes, kind, TLB_READ, &physical)) \
      return __real_helper_##name##_mmu_x86_64(env, address, kind, ra); \
    return read_device(seams_current, physical, bytes, ra) & ((1ull << 8 * bytes) - 1); \
  }
LOAD(ret_ldub, 1)
LOAD(le_lduw, 2)
LOAD(le_ldul, 4)

#define STORE(name, bytes, type) \
  void __real_helper_##name##_mmu_x86_64(void *env, uint64_t address, type value, uint32_t kind, uintptr_t ra); \
  void __wrap_helper_##name##_mmu_x86_64(void *env, uint64_t address, type value, uint32_t kind, uintptr_t ra) { \
    uint64_t physical; \
    if (!is_plain_access(seams_current, address, bytes, kind, TLB_WRITE, &physical)) \
      return __real_helper_##name##_mmu_x86_64(env, address, value, kind, ra); \
    write_device(seams_current, physical, bytes, value, ra); \
  }
STORE(ret_stb, 1, uint8_t)
STORE(le_stw, 2, uint16_t)
STORE(le_stl, 4, uint32_t)
