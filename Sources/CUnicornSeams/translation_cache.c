// The guest's TLB as a table: translations by the number of their page, for data and for fetches.

#include "translation_cache.h"

#include <stdlib.h>
#include <string.h>

void seams_cache_clear(translation_cache *cache) {
  if (cache->used == 0) return;
  cache->changes++;
  memset(cache->slots, 0, cache->capacity * sizeof *cache->slots);
  memset(cache->regions, 0, sizeof cache->regions);
  cache->used = cache->large = 0;
  cache->has_huge = false;
}

enum { LARGE_PAGE_BITS = 21 };

static void note_size(translation_cache *cache, uint64_t page, uint64_t page_bytes) {
  if (page_bytes <= 4096) return;
  uint64_t region = page >> (LARGE_PAGE_BITS - 12);
  cache->large++;
  cache->regions[region >> 6 & 3] |= (uint64_t)1 << (region & 63);
  if (page_bytes > (uint64_t)1 << LARGE_PAGE_BITS) cache->has_huge = true;
}

bool seams_cache_may_hold_large_page(const translation_cache *cache, uint64_t address) {
  uint64_t region = address >> LARGE_PAGE_BITS;
  return cache->large && (cache->has_huge || cache->regions[region >> 6 & 3] >> (region & 63) & 1);
}

static void cache_grow(translation_cache *cache) {
  translation_cache old = *cache;
  cache_slot *slots = calloc(old.capacity * 2, sizeof *slots);
  if (!slots) {  // forgetting is always allowed: a TLB may
    seams_cache_clear(cache);
    return;
  }
  *cache = (translation_cache){.slots = slots, .capacity = old.capacity * 2, .changes = old.changes};
  for (uint32_t i = 0; i < old.capacity; i++)
    if (seams_is_live(&old.slots[i])) seams_cache_insert(cache, old.slots[i].virtual_page - 1, &old.slots[i].translation);
  free(old.slots);
}

void seams_cache_insert(translation_cache *cache, uint64_t page, const seams_translation *translation) {
  cache_slot *slot = seams_cache_find(cache, page);
  if (slot) {
    cache->large -= slot->translation.page_bytes > 4096;
    note_size(cache, page, translation->page_bytes);
    slot->translation = *translation;
    cache->changes++;
    return;
  }
  if ((cache->used + 1) * 2 > cache->capacity) cache_grow(cache);
  uint32_t i = seams_cache_slot_of(page + 1, cache->capacity);
  while (cache->slots[i].virtual_page) i = (i + 1) & (cache->capacity - 1);
  cache->slots[i] = (cache_slot){page + 1, *translation};
  cache->used++;
  note_size(cache, page, translation->page_bytes);
}

void seams_cache_drop(translation_cache *cache, cache_slot *slot) {
  cache->large -= slot->translation.page_bytes > 4096;
  cache->changes++;
  slot->translation.page_bytes = 0;
}

bool seams_cache_reserve(seams_engine *e) {
  e->data_cache.capacity = e->fetch_cache.capacity = 1024;
  e->data_cache.slots = calloc(1024, sizeof(cache_slot));
  e->fetch_cache.slots = calloc(1024, sizeof(cache_slot));
  return e->data_cache.slots && e->fetch_cache.slots;
}

void seams_cache_release(seams_engine *e) {
  free(e->data_cache.slots);
  free(e->fetch_cache.slots);
}

static bool frame_in(const translation_cache *cache, uint64_t address, uint64_t *frame) {
  const cache_slot *slot = seams_cache_find(cache, address >> 12);
  if (!slot || !seams_is_live(slot)) return false;
  *frame = slot->translation.physical_page;
  return true;
}

bool seams_data_frame(const seams_engine *e, uint64_t address, uint64_t *frame) { return frame_in(&e->data_cache, address, frame); }
bool seams_code_frame(const seams_engine *e, uint64_t address, uint64_t *frame) { return frame_in(&e->fetch_cache, address, frame); }

bool seams_fetch_translation(const seams_engine *e, uint64_t address, seams_translation *found) {
  const cache_slot *slot = seams_cache_find(&e->fetch_cache, address >> 12);
  if (!slot || !seams_is_live(slot)) return false;
  *found = slot->translation;
  return true;
}

void seams_cache_drop_local(translation_cache *cache) {
  for (uint32_t i = 0; i < cache->capacity; i++) {
    cache_slot *slot = &cache->slots[i];
    if (seams_is_live(slot) && !slot->translation.global) seams_cache_drop(cache, slot);
  }
}
