// The lookup of the block that follows a return, an indirect call or a jump into another page.
//
// The library keeps 64 blocks of each page at hand, and forgets all of them with its TLB, which goes whenever a watch, a right or a
// dirty page changes. Blocks that were looked up are kept here until they are given up. Each is held against the guest's TLB, which
// says whether its page may still be fetched from, and where that page is.

#include <string.h>

#include "engine.h"

// The bits of EFLAGS that the translator keys its blocks with, beside the hidden flags: TF, IOPL, RF, VM, AC.
enum { KEYED_FLAGS = 1 << 8 | 3 << 12 | RESUME_FLAG | 1 << 17 | 1 << 18 };

static bool find_page(seams_engine *e, known_page *known, uint64_t page, uint32_t privilege) {
  seams_translation translation;
  if (!seams_fetch_translation(e, page << 12, &translation)) return false;
  if (!(e->access_table[privilege][0][translation.rights & 7] >> SEAMS_FETCH & 1)) return false;  // keys do not bind fetches
  *known = (known_page){page << 2 | privilege, e->fetch_cache.changes, translation.physical_page};
  return true;
}

// Whether what was translated from a physical page is what the guest finds at an address.
static bool is_there(seams_engine *e, uint64_t address, uint32_t flags, uint64_t frame) {
  uint32_t privilege = (flags & HF_CPL_MASK) == 3 ? SEAMS_USER : SEAMS_SUPERVISOR;
  uint64_t page = address >> 12;
  known_page *known = &e->pages[page % KNOWN_PAGES];
  bool is_current = known->key == (page << 2 | privilege) && known->changes == e->fetch_cache.changes;
  return (is_current || find_page(e, known, page, privilege)) && known->physical == frame;
}

static known_block *slot_of(seams_engine *e, uint64_t address) {
  return &e->blocks[address * 0x9e3779b97f4a7c15u >> (64 - KNOWN_BLOCKS_BITS)];
}

// Most code has no base, and lies in one page.
static void keep(const seams_engine *e, known_block *slot, void *code) {
  const void *block = (const uint8_t *)code - e->block_header;
  if (FIELD(uint64_t, block, TB_CS_BASE) != 0 || FIELD(uint64_t, block, TB_PAGE_ADDRESS + 8) != UINT64_MAX) return;
  *slot = (known_block){code, FIELD(uint64_t, block, TB_PC), FIELD(uint64_t, block, TB_PAGE_ADDRESS), FIELD(uint32_t, block, TB_FLAGS)};
}

void *__real_helper_lookup_tb_ptr_x86_64(void *env);
void *__wrap_helper_lookup_tb_ptr_x86_64(void *env) {
  seams_engine *e = seams_current;
  uint64_t address = FIELD(uint64_t, env, ENV_EIP);
  uint32_t flags = FIELD(uint32_t, env, ENV_HFLAGS) | (FIELD(uint32_t, env, ENV_EFLAGS) & KEYED_FLAGS);
  bool has_base = FIELD(uint64_t, env, ENV_SEGS + SEGMENT_BYTES + 8) != 0;
  known_block *slot = slot_of(e, address);
  void *code = slot->code;
  if (!code || slot->address != address || slot->flags != flags || has_base || !is_there(e, address, flags, slot->frame)) {
    code = __real_helper_lookup_tb_ptr_x86_64(env);
    // The way back into the loop: there is no such block yet.
    if (code == FIELD(void *, e->tcg, TCG_EPILOGUE)) return code;
    if (!has_base) keep(e, slot, code);
  }
  if (e->domains) seams_enter_block(e, code);
  return code;
}

// The library gives a block up: it takes it out of its own table.
bool __real_qht_remove(void *table, const void *block, uint32_t hash);
bool __wrap_qht_remove(void *table, const void *block, uint32_t hash) {
  known_block *slot = slot_of(seams_current, FIELD(uint64_t, block, TB_PC));
  if (slot->code == FIELD(void *, block, TB_CODE)) slot->code = NULL;
  return __real_qht_remove(table, block, hash);
}

void seams_forget_blocks(seams_engine *e) { memset(e->blocks, 0, sizeof e->blocks); }
