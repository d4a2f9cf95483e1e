// The guest's TLB (translation_cache.c); mmu.c says what goes into it, and when it is forgotten.
#ifndef SEAMS_TRANSLATION_CACHE_H
#define SEAMS_TRANSLATION_CACHE_H

#include <stddef.h>

#include "engine.h"

// A dropped entry keeps its slot, with a page size of 0, until the table grows or is cleared.
static inline bool seams_is_live(const cache_slot *slot) { return slot->virtual_page && slot->translation.page_bytes; }

// Where a search begins; `key` is the page's number + 1.
static inline uint32_t seams_cache_slot_of(uint64_t key, uint32_t capacity) {
  return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (capacity - 1);
}

// The slot of a page, by its number, which may be a dropped one; NULL: none.
static inline cache_slot *seams_cache_find(const translation_cache *cache, uint64_t page) {
  uint64_t key = page + 1;
  for (uint32_t i = seams_cache_slot_of(key, cache->capacity);; i = (i + 1) & (cache->capacity - 1)) {
    cache_slot *slot = &cache->slots[i];
    if (slot->virtual_page == key) return slot;
    if (slot->virtual_page == 0) return NULL;
  }
}

void seams_cache_insert(translation_cache *cache, uint64_t page, const seams_translation *translation);
void seams_cache_drop(translation_cache *cache, cache_slot *slot);
// All that are not global.
void seams_cache_drop_local(translation_cache *cache);
void seams_cache_clear(translation_cache *cache);
// False: no part of a large page around `address` is there.
bool seams_cache_may_hold_large_page(const translation_cache *cache, uint64_t address);

#endif
