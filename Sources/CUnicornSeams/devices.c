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

static device_return *return_slot(seams_engine *e, uintptr_t return_address) {
  return &e->device_returns[(return_address ^ return_address >> 8) % DEVICE_RETURNS];
}

// Translated code is given up as a whole before its memory is used again. The library would write zeros to all of that memory,
// which nobody needs and which makes every page of it resident.
void g_tree_ref(void *tree);
void g_tree_destroy(void *tree);
void __wrap_tcg_region_reset_all_x86_64(void *tcg) {
  if (seams_current) memset(seams_current->device_returns, 0, sizeof seams_current->device_returns);
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
  device_return *known = return_slot(e, return_address);
  if (known->return_address == return_address) {  // what cpu_restore_state would find, without its search
    FIELD(uint64_t, e->env, ENV_EIP) = known->eip;
    if (known->flags != CC_OP_DYNAMIC) FIELD(uint32_t, e->env, ENV_CC_OP) = known->flags;
    e->in_instruction = true;
    return;
  }
  bool found = seams_find_position(e, return_address);
  if (e->overshoot > 1) begin_block_here(e, return_address);
  if (found) *known = (device_return){return_address, FIELD(uint64_t, e->env, ENV_EIP), e->position_flags};
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
