// Debug registers: breakpoints, data and port watchpoints, single steps, general detect (SDM volume 3, 18.2 and 18.3).
//
// The library's own breakpoints flush translated code from inside of it. Here an execution breakpoint is a check at the start
// of a block that begins at its address, and a data breakpoint makes the library's TLB ask at each access to its page.

#include "forms.h"

enum { TYPE_EXECUTE = 0, TYPE_WRITE = 1, TYPE_PORT = 2, TYPE_ACCESS = 3 };
enum { DR6_HITS = 0xf, DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_SETTABLE = 0xe00f, DR7_GD = 1 << 13 };
enum { DR7_SETTABLE_LOW = 0x23ff, CR4_DE = 1 << 3, ACCESS_BYTES_MAX = 8, LIBRARY_READ = 1, LIBRARY_WRITE = 2 };

static uint64_t *dr(const seams_engine *e, int index) { return &FIELD(uint64_t, e->env, ENV_DR + 8 * index); }

// MARK: what DR7 says

static bool is_enabled(const seams_engine *e, int n) { return *dr(e, 7) >> (2 * n) & 3; }
static int type_of(const seams_engine *e, int n) { return *dr(e, 7) >> (16 + 4 * n) & 3; }

static uint64_t length_of(const seams_engine *e, int n) {
  static const uint8_t lengths[4] = {1, 2, 8, 4};
  return lengths[*dr(e, 7) >> (18 + 4 * n) & 3];
}

// The enabled breakpoints of the kinds in `types` that [address, address + bytes) touches, one bit each.
static uint32_t hits(const seams_engine *e, uint32_t types, uint64_t address, uint64_t bytes) {
  uint32_t found = 0;
  for (int n = 0; n < 4; n++) {
    if (!is_enabled(e, n) || !(types >> type_of(e, n) & 1)) continue;
    uint64_t length = type_of(e, n) == TYPE_EXECUTE ? 1 : length_of(e, n), first = *dr(e, n) & ~(length - 1);
    if (address < first + length && first < address + bytes) found |= 1u << n;
  }
  return found;
}

// MARK: registers

// Forgets what was decided under the old registers.
static void renew(seams_engine *e, uint64_t old7, const uint64_t old[4]) {
  bool executes = false, touches = false;
  for (int n = 0; n < 4; n++) {
    bool was = old7 >> (2 * n) & 3, is = is_enabled(e, n);
    int old_type = old7 >> (16 + 4 * n) & 3, type = type_of(e, n);
    if (was == is && old_type == type && old[n] == *dr(e, n) && !((old7 ^ *dr(e, 7)) >> (16 + 4 * n) & 0xf)) continue;
    executes |= (was && old_type == TYPE_EXECUTE) || (is && type == TYPE_EXECUTE);
    touches |= (was && old_type != TYPE_EXECUTE) || (is && type != TYPE_EXECUTE);
  }
  e->has_debug_addresses = *dr(e, 7) & 0xff;
  if (touches) seams_flush_library_tlb(e);
  if (executes) seams_flush_blocks_later(e);
}

void seams_write_debug(seams_engine *e, int index, uint64_t value) {
  uint64_t old[4] = {*dr(e, 0), *dr(e, 1), *dr(e, 2), *dr(e, 3)}, old7 = *dr(e, 7);
  uint64_t before = *dr(e, index);
  if (index == 6) value = (value & DR6_SETTABLE) | 0xffff0ff0;
  if (index == 7) value = (value & (0xffff0000 | DR7_SETTABLE_LOW)) | 0x400;
  *dr(e, index) = value;
  if (index != 6) renew(e, old7, old);
  e->in_instruction = true;
  e->call.control_write(e->call.context, SEAMS_DR0 + (uint32_t)index, before, value);
  e->in_instruction = false;
}

void seams_check_general_detect(seams_engine *e, uintptr_t ra) {
  if (!(*dr(e, 7) & DR7_GD)) return;
  *dr(e, 6) |= DR6_BD;
  seams_raise(e, VECTOR_DB, 0, ra);
}

void seams_debug_entered(seams_engine *e) { *dr(e, 7) &= ~(uint64_t)DR7_GD; }

void seams_debug_restored(seams_engine *e) { e->has_debug_addresses = *dr(e, 7) & 0xff; }

// MARK: steps

_Noreturn void seams_raise_step(seams_engine *e) {
  *dr(e, 6) |= DR6_BS;
  seams_raise(e, VECTOR_DB, 0, 0);
}

// MARK: execution

bool seams_is_debug_address(const seams_engine *e, uint64_t address) {
  return e->has_debug_addresses && hits(e, 1 << TYPE_EXECUTE, address, 1);
}

// Called before the instruction at `address`, which begins a block that is not counted. RF lets it pass once; behind MOV SS
// and POP SS it passes unnoticed.
void seams_check_execution(seams_engine *e, uint64_t address) {
  uint32_t found = e->has_debug_addresses ? hits(e, 1 << TYPE_EXECUTE, address, 1) : 0;
  if (!found || FIELD(uint64_t, e->env, ENV_EFLAGS) & RESUME_FLAG || seams_debug_shadow(e)) return;
  *dr(e, 6) = (*dr(e, 6) & ~(uint64_t)DR6_HITS) | found;
  seams_raise(e, VECTOR_DB, 0, 0);
}

// MARK: data

// The library asks whether a page has watchpoints, the CPU's own or a user's (watch.c), and of which kind, when it fills its TLB.
int __wrap_cpu_watchpoint_address_matches_x86_64(void *cpu, uint64_t page, uint64_t bytes) {
  seams_engine *e = seams_current;
  (void)cpu;
  if (!e) return 0;
  uint32_t watched = e->watch_count ? seams_watched_kinds(e, page) : 0;
  int asks = (watched & SEAMS_WATCH_READ ? LIBRARY_READ : 0) | (watched & SEAMS_WATCH_WRITE ? LIBRARY_WRITE : 0);
  if (!e->has_debug_addresses) return asks;
  if (hits(e, 1 << TYPE_ACCESS, page, bytes)) asks |= LIBRARY_READ;
  if (hits(e, 1 << TYPE_ACCESS | 1 << TYPE_WRITE, page, bytes)) asks |= LIBRARY_WRITE;
  return asks;
}

// Called at each access to such a page. For a store that is not aligned the library takes it that two pages are written: it asks
// for the part in the first with a negative length, then for one at the start of the same page. It stores byte by byte then, and
// asks again for each.
void __wrap_cpu_check_watchpoint_x86_64(void *cpu, uint64_t address, uint64_t bytes, uint32_t attributes, int access, uintptr_t ra) {
  seams_engine *e = seams_current;
  (void)cpu, (void)attributes;
  bool is_wrong = address == e->wrong_page;
  e->wrong_page = (int64_t)bytes < 0 ? address & ~0xfffull : UINT64_MAX;
  if (bytes > ACCESS_BYTES_MAX || is_wrong) return;
  seams_note_access(e, address, (uint32_t)bytes, access == LIBRARY_WRITE ? SEAMS_WATCH_WRITE : SEAMS_WATCH_READ, ra);
  if (e->delivering || !e->has_debug_addresses) return;
  uint32_t found = hits(e, access == LIBRARY_WRITE ? 1 << TYPE_ACCESS | 1 << TYPE_WRITE : 1 << TYPE_ACCESS, address, bytes);
  if (found) seams_trap_after(e, found, ra);
}

void seams_check_port_breakpoint(seams_engine *e, uint32_t port, uint32_t bytes) {
  if (!e->has_debug_addresses || !(seams_cr(e, 4) & CR4_DE)) return;
  uint32_t found = hits(e, 1 << TYPE_PORT, port, bytes);
  if (found) seams_trap_after(e, found, 0);
}

// A trap that waited for its instruction's end.
void seams_note_debug_hits(seams_engine *e, uint32_t found) { *dr(e, 6) = (*dr(e, 6) & ~(uint64_t)DR6_HITS) | found; }

void seams_note_waiting_hits(seams_engine *e) {
  uint32_t found = e->pending_hits | e->held_hits;
  e->pending_hits = e->held_hits = 0;
  if (found) seams_note_debug_hits(e, found);
}
