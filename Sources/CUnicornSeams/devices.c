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

static void enter_device(seams_engine *e) {
  uintptr_t return_address = FIELD(uintptr_t, e->cpu, CPU_MEM_IO_PC);
  seams_require_last(e, return_address);
  e->in_instruction = true;
}

uint64_t seams_on_device_read(uc_engine *uc, uint64_t offset, unsigned bytes, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  enter_device(e);
  uint64_t value = e->call.device_read(e->call.context, e->ram_bytes + offset, bytes);
  e->in_instruction = false;
  return value;
}

void seams_on_device_write(uc_engine *uc, uint64_t offset, unsigned bytes, uint64_t value, void *engine) {
  seams_engine *e = engine;
  (void)uc;
  enter_device(e);
  e->call.device_write(e->call.context, e->ram_bytes + offset, bytes, value);
  e->in_instruction = false;
}

// MARK: the library's way to a device

// It goes by tables of access sizes and byte orders, which cost more than most devices. What they do to an aligned access of 1, 2
// or 4 bytes in the guest's byte order is nothing.
uint32_t __real_memory_region_dispatch_read_x86_64(void *, void *, uint64_t, uint64_t *, unsigned, unsigned);
uint32_t __real_memory_region_dispatch_write_x86_64(void *, void *, uint64_t, uint64_t, unsigned, unsigned);

enum { ACCESS_SIZE = 3, ACCESS_SWAPS = 8, ACCESS_DONE = 0 };

static bool is_plain_access(const seams_engine *e, const void *region, uint64_t offset, unsigned kind) {
  unsigned size = kind & ACCESS_SIZE;
  return e && region == e->device_region && !(kind & ACCESS_SWAPS) && size < 3 && !(offset & ((1u << size) - 1));
}

uint32_t __wrap_memory_region_dispatch_read_x86_64(void *uc, void *region, uint64_t offset, uint64_t *value, unsigned kind,
                                                   unsigned attributes) {
  seams_engine *e = seams_current;
  if (!is_plain_access(e, region, offset, kind))
    return __real_memory_region_dispatch_read_x86_64(uc, region, offset, value, kind, attributes);
  unsigned bytes = 1u << (kind & ACCESS_SIZE);
  *value = seams_on_device_read(uc, offset, bytes, e) & (((uint64_t)1 << (8 * bytes)) - 1);
  return ACCESS_DONE;
}

uint32_t __wrap_memory_region_dispatch_write_x86_64(void *uc, void *region, uint64_t offset, uint64_t value, unsigned kind,
                                                    unsigned attributes) {
  seams_engine *e = seams_current;
  if (!is_plain_access(e, region, offset, kind))
    return __real_memory_region_dispatch_write_x86_64(uc, region, offset, value, kind, attributes);
  unsigned bytes = 1u << (kind & ACCESS_SIZE);
  seams_on_device_write(uc, offset, bytes, value & (((uint64_t)1 << (8 * bytes)) - 1), e);
  return ACCESS_DONE;
}
