// Domains: whose code runs, by the physical page that it comes from.
//
// A block of translated code follows another one in three ways: by a direct jump, which the library makes within a page only and
// so within a domain; by a lookup at the block's end; or by the library's loop, which enters translated code by its prologue. The
// latter two come by here, so that nothing is paid in translated code itself.

#include "emit.h"

#include <stddef.h>

enum { NO_DOMAIN = -1 };

static int32_t domain_of_block(const seams_engine *e, const void *code) {
  const void *block = (const uint8_t *)code - e->block_header;
  uint64_t frame = FIELD(uint64_t, block, TB_PAGE_ADDRESS);
  return frame < e->ram_bytes ? e->domains[frame >> 12] : 0;
}

// Both a block's description and its code begin a line of the host's cache, so that the distance is always the same.
bool seams_note_block(seams_engine *e, const void *block) {
  ptrdiff_t header = FIELD(const uint8_t *, block, TB_CODE) - (const uint8_t *)block;
  if (!e->block_header) e->block_header = header;
  return e->block_header == header;
}

// Another domain than those expected is entered. It stands apart so that the way that every block comes by saves no registers.
static __attribute__((noinline)) void cross(seams_engine *e, int32_t domain) {
  int32_t left = e->domain;
  e->domain = e->expected[0] = domain;
  e->expected[1] = e->call.domain(e->call.context, left, domain, seams_rip(e), seams_key_rights(e));
}

void seams_enter_block(seams_engine *e, const void *code) {
  int32_t domain = domain_of_block(e, code);
  if (domain == e->expected[0] || domain == e->expected[1] || e->countdown <= 0) return;
  cross(e, domain);
}

static uintptr_t enter_from_loop(void *env, void *code) {
  seams_engine *e = seams_current;
  seams_enter_block(e, code);
  return e->prologue(env, code);
}

static void begin_to_look(seams_engine *e, void *domains) {
  seams_prologue **place = &FIELD(seams_prologue *, e->tcg, TCG_PROLOGUE);
  if (!e->prologue) e->prologue = *place;
  *place = domains ? enter_from_loop : e->prologue;
}

void seams_set_domains(seams_engine *e, const uint8_t *frames) {
  e->domains = frames;
  seams_forget_domain(e);
  seams_guarded(e, begin_to_look, (void *)frames);
}

void seams_forget_domain(seams_engine *e) { e->domain = e->expected[0] = e->expected[1] = NO_DOMAIN; }

void seams_expect_no_domain(seams_engine *e) { e->expected[0] = e->expected[1] = NO_DOMAIN; }
