// The MMU: every miss in the library's TLB asks the simulator's models.
//
// Between the library's TLB and the page walk lies the guest's TLB: a cache of walked translations, without limit of
// size, which only the architecture's own events empty (INVLPG, CR3, CR0 and CR4 writes, a fault's own entry). What a
// guest that forgets an INVLPG sees is therefore the same in every run. Rights are decided from the access table, which
// PKRUModel computes; a refusal asks the model again, from a new walk, as the manual has it (SDM volume 3, 4.10.4.3).

#include <string.h>

#include "forms.h"
#include "translation_cache.h"

bool __real_x86_cpu_tlb_fill_x86_64(void *cpu, uint64_t va, int size, int access, int mmu_index, bool probe, uintptr_t ra);
void *__real_memory_mapping(void *uc, uint64_t address);

// MARK: forgetting

void seams_flush_library_tlb(seams_engine *e) {
  if (e->guard.broken) return;
  tlb_flush_x86_64(e->cpu);
  for (int key = 0; key < 16; key++) e->keyed[key].count = 0;
}

void seams_flush_translations(seams_engine *e, bool keep_global) {
  translation_cache *caches[2] = {&e->data_cache, &e->fetch_cache};
  for (int i = 0; i < 2; i++) {
    if (keep_global)
      seams_cache_drop_local(caches[i]);
    else
      seams_cache_clear(caches[i]);
  }
  seams_flush_library_tlb(e);
}

static bool covers(const cache_slot *slot, uint64_t address) {
  return ((((slot->virtual_page - 1) << 12) ^ address) & ~(slot->translation.page_bytes - 1)) == 0;
}

// Both TLBs forget the parts of large pages around `address`. Where there are many, it is cheaper to empty the library's.
static void drop_covering(seams_engine *e, translation_cache *cache, uint64_t address) {
  enum { FLUSHED_ONE_BY_ONE = 64 };
  uint32_t count = 0;
  for (uint32_t i = 0; i < cache->capacity; i++) {
    cache_slot *slot = &cache->slots[i];
    if (!seams_is_live(slot) || !covers(slot, address)) continue;
    seams_cache_drop(cache, slot);
    if (count++ < FLUSHED_ONE_BY_ONE) tlb_flush_page_x86_64(e->cpu, (slot->virtual_page - 1) << 12);
  }
  if (count > FLUSHED_ONE_BY_ONE) seams_flush_library_tlb(e);
}

static void forget_page(seams_engine *e, translation_cache *cache, uint64_t address) {
  cache_slot *slot = seams_cache_find(cache, address >> 12);
  if (seams_cache_may_hold_large_page(cache, address))
    drop_covering(e, cache, address);
  else if (slot && seams_is_live(slot))
    seams_cache_drop(cache, slot);
  tlb_flush_page_x86_64(e->cpu, address & ~0xfffull);
}

void seams_invalidate_page(seams_engine *e, uint64_t address) {
  forget_page(e, &e->data_cache, address);
  forget_page(e, &e->fetch_cache, address);
}

// MARK: protection keys

static void remember_keyed(seams_engine *e, uint8_t key, uint64_t page) {
  keyed_pages *pages = &e->keyed[key & 15];
  if (pages->count > KEYED_PAGES) return;
  for (uint32_t i = 0; i < pages->count; i++)
    if (pages->page[i] == page) return;
  if (pages->count < KEYED_PAGES) pages->page[pages->count] = page;
  pages->count++;
}

static void revoke_in(uint64_t *entry, uint64_t page, bool reads) {
  if ((entry[TLB_WRITE] & ~0xfffull) == page) entry[TLB_WRITE] = UINT64_MAX;
  if (reads && (entry[TLB_READ] & ~0xfffull) == page) entry[TLB_READ] = UINT64_MAX;
}

// Take the right to write (and to read) a page out of the library's TLB.
static void take_rights(seams_engine *e, uint64_t page, bool reads) {
  for (int index = 0; index < 3; index++) {
    revoke_in(seams_tlb_entry(e, page, index), page, reads);
    uint8_t *victims = (uint8_t *)e->cpu + CPU_TLB_DESC + index * TLB_DESC_BYTES + TLB_DESC_VICTIMS;
    for (int i = 0; i < TLB_VICTIMS; i++) revoke_in((uint64_t *)(victims + i * TLB_ENTRY_BYTES), page, reads);
  }
}

// Rights that PKRU takes away must go from the library's TLB; rights that it gives come by the next miss.
void seams_pkru_changed(seams_engine *e, uint32_t old_value, uint32_t new_value) {
  uint32_t taken = new_value & ~old_value;
  for (int key = 0; taken >> (2 * key) != 0 && key < 16; key++) {
    uint32_t bits = taken >> (2 * key) & 3;
    if (!bits) continue;
    keyed_pages *pages = &e->keyed[key];
    if (pages->count > KEYED_PAGES) {
      seams_flush_library_tlb(e);
      return;
    }
    for (uint32_t i = 0; i < pages->count; i++) take_rights(e, pages->page[i], bits & 1);
    if (bits & 1) pages->count = 0;
  }
}

// Nobody remembers which supervisor pages have a key that is not 0: IA32_PKRS takes a WRMSR, which costs far more anyway.
void seams_write_pkrs(seams_engine *e, uint32_t value) {
  uint32_t taken = value & ~e->pkrs;
  e->pkrs = value;
  if (taken) seams_flush_library_tlb(e);
}

// MARK: the fill

// The library's own search goes through a tree of blocks and decodes the block's record up to the place. A place means the same
// until its memory is used for other code, so what was found is kept.
static code_position *position_slot(seams_engine *e, uintptr_t ra) { return &e->positions[(ra ^ ra >> 10) % POSITIONS]; }

void seams_forget_positions(seams_engine *e) { memset(e->positions, 0, sizeof e->positions); }

bool seams_find_position(seams_engine *e, uintptr_t ra) {
  code_position *known = position_slot(e, ra);
  if (ra && known->return_address == ra) {  // as restore_state_to_opc leaves it
    FIELD(uint64_t, e->env, ENV_EIP) = known->eip;
    if (known->flags != CC_OP_DYNAMIC) FIELD(uint32_t, e->env, ENV_CC_OP) = known->flags;
    e->position_address = known->address;
    e->position_flags = known->flags;
    e->overshoot = known->overshoot;
    e->traits = known->traits;
    return true;
  }
  e->overshoot = 1;
  e->peeking = true;
  bool found = cpu_restore_state_x86_64(e->cpu, ra, false);
  e->peeking = false;
  if (found)
    *known = (code_position){ra, e->position_address, FIELD(uint64_t, e->env, ENV_EIP), e->position_flags,
                             (uint16_t)e->overshoot, e->traits};
  return found;
}

// EFLAGS.AC lifts SMAP for explicit accesses only (SDM volume 3, 4.6.1); the library lets it lift what delivery does as
// well, which is implicit.
static bool lifts_smap(const seams_engine *e) {
  return FIELD(uint64_t, e->env, ENV_CR + 32) & CR4_SMAP && FIELD(uint32_t, e->env, ENV_EFLAGS) & RFLAGS_AC;
}

void seams_forget_lifted_rights(seams_engine *e) {
  if (lifts_smap(e)) seams_flush_library_tlb(e);
}

// What the register of a page's kind, PKRU or IA32_PKRS, has for the page's key.
static uint32_t key_bits(const seams_engine *e, const seams_translation *t) {
  uint32_t rights = t->rights & SEAMS_USER_PAGE ? FIELD(uint32_t, e->env, ENV_PKRU) : e->pkrs;
  return rights >> (2 * t->key) & 3;
}

static void fill(seams_engine *e, uint64_t page, const seams_translation *t, int access, int mmu_index, int privilege) {
  int allowed = e->access_table[privilege][key_bits(e, t)][t->rights & 7];
  bool in_ram = t->physical_page < e->ram_bytes;
  // A store permission is given on a store only: that is how dirty pages are known.
  if (access != SEAMS_WRITE) allowed &= ~2;
  e->filling_frame = t->physical_page;
  tlb_set_page_x86_64(e->cpu, page << 12, t->physical_page, allowed, mmu_index, 4096);
  if (t->rights & SEAMS_USER_PAGE) remember_keyed(e, t->key, page << 12);
  if (access == SEAMS_WRITE && in_ram) {
    uint64_t frame = t->physical_page >> 12;
    e->dirty[frame >> 6] |= (uint64_t)1 << (frame & 63);
    if (!seams_page_bit(e->holds_code, frame)) tlb_set_dirty_x86_64(e->cpu, page << 12);
  }
}

// The library's own walk in place of the models. It maps every page in place, whatever the tables say.
static bool fill_by_built_in_walk(seams_engine *e, uint64_t va, int size, int access, int mmu_index, bool probe, uintptr_t ra) {
  e->fetch_fault = access == SEAMS_FETCH;
  bool filled = __real_x86_cpu_tlb_fill_x86_64(e->cpu, va, size, access, mmu_index, probe, ra);
  e->fetch_fault = false;
  return filled;
}

void seams_use_built_in_walk(seams_engine *e, bool used) {
  e->built_in_walk = used;
  seams_flush_translations(e, false);
}

bool __wrap_x86_cpu_tlb_fill_x86_64(void *cpu, uint64_t va, int size, int access, int mmu_index, bool probe, uintptr_t ra) {
  seams_engine *e = seams_current;
  if (e->built_in_walk) return fill_by_built_in_walk(e, va, size, access, mmu_index, probe, ra);
  (void)cpu;
  translation_cache *cache = access == SEAMS_FETCH ? &e->fetch_cache : &e->data_cache;
  uint64_t page = va >> 12;
  int privilege = mmu_index == SEAMS_SUPERVISOR && e->delivering && lifts_smap(e) ? SEAMS_SUPERVISOR_SMAP : mmu_index;
  e->fills++;
  cache_slot *slot = seams_cache_find(cache, page);
  if (slot && slot->translation.page_bytes) {
    const seams_translation *t = &slot->translation;
    int allowed = e->access_table[privilege][key_bits(e, t)][t->rights & 7];
    if (allowed >> access & 1 && (access != SEAMS_WRITE || t->dirty)) {
      fill(e, page, t, access, mmu_index, privilege);
      return true;
    }
  }
  // The models' answer is an event: it needs the exact position.
  e->traits = 0;
  if (ra) seams_find_position(e, ra);
  uint32_t uncounted = ra ? e->overshoot : 0;
  bool is_stack = e->traits & (access == SEAMS_WRITE ? TRAIT_STACK_WRITE : TRAIT_STACK_READ);
  if (access == SEAMS_READ && e->traits & TRAIT_MODIFIES) access = SEAMS_WRITE;  // both rights are asked for at once
  seams_translation found;
  seams_fault fault;
  e->walks++;
  e->countdown += uncounted;
  if (access == SEAMS_FETCH) seams_report_before_fetch(e);
  bool allowed = e->call.translate(e->call.context, va, (uint32_t)access, (uint32_t)privilege, &found, &fault);
  e->countdown -= uncounted;
  if (allowed) {
    seams_cache_insert(cache, page, &found);
    fill(e, page, &found, access, mmu_index, privilege);
    return true;
  }
  if (slot) forget_page(e, cache, va);  // a fault forgets the entry (SDM volume 3, 4.10.4.1)
  if (probe) return false;
  if (access == SEAMS_FETCH) e->fetch_fault = true;
  if (fault.vector == 14) FIELD(uint64_t, e->env, ENV_CR + 16) = va;
  if (fault.vector == VECTOR_GP && access != SEAMS_FETCH && (is_stack || e->delivering)) fault.vector = VECTOR_SS;
  raise_exception_err_ra_x86_64(e->env, fault.vector, (int)fault.error_code, ra);
}

// Called with virtual addresses: whatever the page tables allow is mapped.
void *__wrap_memory_mapping(void *uc, uint64_t address) {
  seams_engine *e = seams_current;
  if (!e || !e->ram_region) return __real_memory_mapping(uc, address);
  return e->ram_region;
}

void seams_set_access_table(seams_engine *e, const uint8_t *table) {
  memcpy(e->access_table, table, sizeof e->access_table);
  e->fetch_cache.changes++;  // another right to fetch may follow from the same entry
  seams_flush_library_tlb(e);
}

void seams_forget_dirty(seams_engine *e) { seams_flush_library_tlb(e); }

// MARK: snapshots

size_t seams_export_translations(const seams_engine *e, seams_cached_translation *out, size_t capacity) {
  size_t count = 0;
  const translation_cache *caches[2] = {&e->data_cache, &e->fetch_cache};
  for (int kind = 0; kind < 2; kind++)
    for (uint32_t i = 0; i < caches[kind]->capacity; i++) {
      const cache_slot *slot = &caches[kind]->slots[i];
      if (!seams_is_live(slot)) continue;
      if (count < capacity) out[count] = (seams_cached_translation){slot->virtual_page - 1, slot->translation, kind == 1};
      count++;
    }
  return count;
}

void seams_import_translations(seams_engine *e, const seams_cached_translation *in, size_t count) {
  seams_flush_translations(e, false);
  for (size_t i = 0; i < count; i++)
    seams_cache_insert(in[i].is_fetch ? &e->fetch_cache : &e->data_cache, in[i].virtual_page, &in[i].translation);
}

uint64_t seams_fills(const seams_engine *e) { return e->fills; }
uint64_t seams_walks(const seams_engine *e) { return e->walks; }

