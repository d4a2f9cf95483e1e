// Watches: ranges of memory of which each access is reported, with the instruction that made it and what changed by it.
//
// An access to a watched page makes the library ask (debug.c); pages without a watch are not slowed. The instruction is made
// the last of its block, as for devices, and what it did is reported at its end, when both values are known. An access of an
// instruction that faults afterwards did not happen. Execution is reported before the instruction (count.c).

#include <stdlib.h>
#include <string.h>

#include "engine.h"

// One access: at most 8 bytes, which lie in one page.
struct watched_part {
  uint64_t address, physical, instruction, rip;
  uint32_t pkru, kind;
  uint8_t bytes;
  uint8_t before[8];
};

static bool meets(uint64_t first, uint64_t bytes, uint64_t address, uint64_t count) {
  return address - first < bytes || first - address < count;
}

// Whether an access to [address, address + bytes), which is in one page at `physical`, is watched.
static bool is_watched(const seams_engine *e, uint32_t kinds, uint64_t address, uint64_t physical, uint64_t bytes) {
  for (uint32_t i = 0; i < e->watch_count; i++) {
    const seams_watch *w = &e->watches[i];
    if (w->kinds & kinds && meets(w->first, w->bytes, w->is_physical ? physical : address, bytes)) return true;
  }
  return false;
}

uint32_t seams_watched_kinds(const seams_engine *e, uint64_t page) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < e->watch_count; i++) {
    const seams_watch *w = &e->watches[i];
    if (meets(w->first, w->bytes, w->is_physical ? e->filling_frame : page, 4096)) found |= w->kinds;
  }
  return found;
}

bool seams_is_watched_code(const seams_engine *e, uint64_t address) {
  if (!e->watch_count) return false;
  uint64_t physical;
  if (!seams_code_frame(e, address, &physical)) physical = UINT64_MAX;
  return is_watched(e, SEAMS_WATCH_EXECUTE, address, physical == UINT64_MAX ? physical : physical | (address & 0xfff), 1);
}

static struct watched_part *add_part(seams_engine *e) {
  if (e->part_count == e->part_capacity) {
    e->part_capacity = e->part_capacity ? 2 * e->part_capacity : 64;
    e->parts = realloc(e->parts, e->part_capacity * sizeof *e->parts);
    if (!e->parts) abort();
  }
  return &e->parts[e->part_count++];
}

// The library asks once more for an access that it has probed, and for the bytes of one that crosses a page.
static bool is_noted(const seams_engine *e, uint64_t instruction, uint32_t kind, uint64_t address, uint64_t bytes) {
  for (uint32_t i = 0; i < e->part_count; i++) {
    const struct watched_part *p = &e->parts[i];
    if (p->instruction == instruction && p->kind == kind && address - p->address < p->bytes &&
        address - p->address + bytes <= p->bytes)
      return true;
  }
  return false;
}

// `kind` is SEAMS_WATCH_READ or SEAMS_WATCH_WRITE; `bytes` 8 at most.
void seams_note_access(seams_engine *e, uint64_t address, uint32_t bytes, uint32_t kind, uintptr_t ra) {
  uint64_t frame;
  if (!e->watch_count || !seams_data_frame(e, address, &frame) || frame >= e->ram_bytes) return;
  uint64_t physical = frame | (address & 0xfff);
  if (!is_watched(e, kind, address, physical, bytes)) return;
  if (!e->delivering) seams_trap_after(e, 0, ra);
  // An instruction under way is counted already.
  uint64_t instruction = e->horizon - (uint64_t)e->countdown - (e->delivering ? 0 : 1);
  if (is_noted(e, instruction, kind, address, bytes)) return;
  struct watched_part *part = add_part(e);
  *part = (struct watched_part){address, physical, instruction, seams_rip(e), seams_key_rights(e), kind, (uint8_t)bytes, {0}};
  memcpy(part->before, e->ram + physical, bytes);
}

// The longest hit that is reported as one.
enum { HIT_BYTES_MAX = 4096 };

// Reports what retired instructions did, neighbouring accesses of one instruction as one; the rest is forgotten.
static void report(seams_engine *e, uint64_t end) {
  struct watched_part *parts = e->parts;
  uint32_t count = e->part_count;
  uint8_t before[HIT_BYTES_MAX];
  e->parts = NULL;
  e->part_count = e->part_capacity = 0;
  for (uint32_t i = 0; i < count;) {
    const struct watched_part *first = &parts[i];
    uint64_t bytes = 0;
    for (; i < count && parts[i].instruction == first->instruction && parts[i].kind == first->kind && bytes + 8 <= HIT_BYTES_MAX &&
           parts[i].address == first->address + bytes && parts[i].physical == first->physical + bytes; i++) {
      memcpy(before + bytes, parts[i].before, parts[i].bytes);
      bytes += parts[i].bytes;
    }
    if (first->instruction >= end) continue;
    bool is_write = first->kind == SEAMS_WATCH_WRITE;
    seams_hit hit = {first->address, first->physical, bytes,        first->instruction, first->rip,
                     first->pkru,    first->kind,     before, is_write ? e->ram + first->physical : before};
    e->call.watched(e->call.context, &hit);
  }
  free(parts);
}

void seams_report_hits(seams_engine *e) {
  if (e->part_count) report(e, e->horizon - (uint64_t)e->countdown);
}

// The next instruction is looked for: what the one before did comes first.
void seams_report_before_fetch(seams_engine *e) {
  if (e->part_count && e->parts[0].instruction < e->horizon - (uint64_t)e->countdown) seams_report_hits(e);
}

void seams_report_delivery(seams_engine *e) {
  if (e->part_count) report(e, UINT64_MAX);
}

// Before the instruction at `address`, which is not counted.
void seams_report_execution(seams_engine *e, uint64_t address) {
  uint64_t frame = 0;
  if (!seams_is_watched_code(e, address) || !seams_code_frame(e, address, &frame)) return;
  uint64_t physical = frame | (address & 0xfff);
  seams_hit hit = {address,       physical,            1, e->horizon - (uint64_t)e->countdown, seams_rip(e),
                   seams_key_rights(e), SEAMS_WATCH_EXECUTE, NULL, NULL};
  e->call.watched(e->call.context, &hit);
}

// MARK: setting them

static void forget_what_watches_change(seams_engine *e, const seams_watch *watches, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!(watches[i].kinds & SEAMS_WATCH_EXECUTE)) continue;
    if (watches[i].is_physical)
      seams_forget_code_in(e, watches[i].first, watches[i].bytes);
    else
      seams_forget_blocks_in(e, watches[i].first, watches[i].bytes);
  }
}

typedef struct {
  const seams_watch *watches;
  size_t count;
} watch_list;

static void replace_in_library(seams_engine *e, void *argument) {
  const watch_list *list = argument;
  forget_what_watches_change(e, e->watches, e->watch_count);
  forget_what_watches_change(e, list->watches, list->count);
  seams_flush_library_tlb(e);
}

bool seams_set_watches(seams_engine *e, const seams_watch *watches, size_t count) {
  seams_watch *copy = count ? malloc(count * sizeof *copy) : NULL;
  if (count && !copy) return false;
  if (count) memcpy(copy, watches, count * sizeof *copy);
  watch_list list = {copy, count};
  seams_guarded(e, replace_in_library, &list);
  free(e->watches);
  e->watches = copy;
  e->watch_count = (uint32_t)count;
  return true;
}

void seams_release_watches(seams_engine *e) {
  free(e->watches);
  free(e->parts);
}
