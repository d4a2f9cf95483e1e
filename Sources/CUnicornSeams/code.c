// Translated code: which pages have some, which blocks are given up when something changes, and breakpoints, which are looked for
// when a block is translated.

#include <stdlib.h>

#include "engine.h"

// MARK: pages

static void note_code(seams_engine *e, uint64_t page, bool holds) {
  uint64_t bit = (uint64_t)1 << (page & 63);
  e->holds_code[page >> 6] = holds ? e->holds_code[page >> 6] | bit : e->holds_code[page >> 6] & ~bit;
}

// The first block of a page is translated: stores there must look for code to invalidate.
void __wrap_tlb_protect_code_x86_64(void *uc, uint64_t ram_address) {
  seams_engine *e = seams_current;
  (void)uc;
  if (ram_address >= e->ram_bytes) return;
  note_code(e, ram_address >> 12, true);
  tlb_reset_dirty_x86_64(e->cpu, (uint64_t)(uintptr_t)e->ram + (ram_address & ~0xfffull), 4096);
}

void __wrap_tlb_unprotect_code_x86_64(void *uc, uint64_t ram_address) {
  (void)uc;
  if (ram_address < seams_current->ram_bytes) note_code(seams_current, ram_address >> 12, false);
}

void seams_forget_code_in(seams_engine *e, uint64_t physical, uint64_t bytes) {
  if (bytes == 0 || physical >= e->ram_bytes) return;
  uint64_t end = bytes > e->ram_bytes - physical ? e->ram_bytes : physical + bytes;
  for (uint64_t page = physical & ~0xfffull; page < end; page += 4096)
    if (seams_page_bit(e->holds_code, page >> 12)) tb_invalidate_phys_range_x86_64(e->uc, page, page + 4096);
}

typedef struct { uint64_t first, bytes; } physical_range;

static void invalidate_in_library(seams_engine *e, void *argument) {
  const physical_range *range = argument;
  seams_forget_code_in(e, range->first, range->bytes);
}

void seams_invalidate_code(seams_engine *e, uint64_t physical, uint64_t bytes) {
  physical_range range = {physical, bytes};
  seams_guarded(e, invalidate_in_library, &range);
}

// MARK: blocks

// The blocks that have instructions in a range of linear addresses.
typedef struct {
  uint64_t first, bytes;
  void **blocks;
  size_t count, capacity;
} block_list;

static int list_block(void *key, void *tb, void *list) {
  (void)key;
  block_list *l = list;
  uint64_t start = FIELD(uint64_t, tb, TB_PC);
  if (l->first - start >= FIELD(uint16_t, tb, TB_SIZE) && start - l->first >= l->bytes) return false;
  if (l->count == l->capacity) {
    l->capacity = l->capacity ? 2 * l->capacity : 16;
    l->blocks = realloc(l->blocks, l->capacity * sizeof *l->blocks);
    if (!l->blocks) abort();
  }
  l->blocks[l->count++] = tb;
  return false;  // go on
}

void seams_forget_blocks_in(seams_engine *e, uint64_t first, uint64_t bytes) {
  block_list list = {.first = first, .bytes = bytes};
  tcg_tb_foreach_x86_64(e->tcg, list_block, &list);
  for (size_t i = 0; i < list.count; i++) tb_phys_invalidate_x86_64(e->tcg, list.blocks[i], UINT64_MAX);
  free(list.blocks);
}

// MARK: breakpoints

// Breakpoints are looked for when a block is translated: those translated before are given up, and no others.
static void forget_blocks_at(seams_engine *e, void *address) { seams_forget_blocks_in(e, *(const uint64_t *)address, 1); }

void seams_add_breakpoint(seams_engine *e, uint64_t address) {
  uint64_t *grown = realloc(e->breakpoints, (e->breakpoint_count + 1) * sizeof *grown);
  if (!grown) return;
  e->breakpoints = grown;
  e->breakpoints[e->breakpoint_count++] = address;
  seams_guarded(e, forget_blocks_at, &address);
}

bool seams_reported_breakpoint(const seams_engine *e, uint64_t *address) {
  *address = e->skip_breakpoint;
  return e->skip_armed;
}

void seams_set_reported_breakpoint(seams_engine *e, bool reported, uint64_t address) {
  e->skip_armed = reported;
  e->skip_breakpoint = address;
}

void seams_remove_breakpoint(seams_engine *e, uint64_t address) {
  for (uint32_t i = 0; i < e->breakpoint_count; i++)
    if (e->breakpoints[i] == address) {
      e->breakpoints[i] = e->breakpoints[--e->breakpoint_count];
      seams_guarded(e, forget_blocks_at, &address);
      return;
    }
}
