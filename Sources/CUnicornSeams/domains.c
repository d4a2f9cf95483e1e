// Domains: whose code runs, by the physical page that it comes from.
//
// While they are known, each block begins with a comparison of its domain with that of the block before; where they differ it
// leaves through the same exit as at the horizon, the change is told, and the block is entered anew.

#include "emit.h"

enum { NO_DOMAIN = -1 };

static int64_t domain_of_frame(const seams_engine *e, uint64_t frame) {
  return frame < e->ram_bytes ? e->domains[frame >> 12] : 0;
}

// At the start of a block that is being translated, after the countdown.
void seams_emit_domain_check(seams_engine *e, uint64_t address) {
  uint64_t frame;
  if (!e->domains || !seams_code_frame(e, address, &frame)) return;
  void *tcg = e->tcg;
  uintptr_t place = tcg_const_i64_x86_64(tcg, (int64_t)(uintptr_t)&e->domain);
  uintptr_t own = tcg_const_i64_x86_64(tcg, domain_of_frame(e, frame));
  void *difference = tcg_temp_new_internal_x86_64(tcg, TCG_TYPE_I64, false);
  tcg_gen_op3_x86_64(tcg, OP_LD_I64, (TCGArg)difference, (TCGArg)tcg + place, 0);
  tcg_gen_op3_x86_64(tcg, OP_SUB_I64, (TCGArg)difference, (TCGArg)difference, (TCGArg)tcg + own);
  tcg_gen_brcondi_i64_x86_64(tcg, TCG_COND_NE, (uintptr_t)difference - (uintptr_t)tcg, 0, seams_exit_label());
  tcg_temp_free_internal_x86_64(tcg, difference);
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + own);
  tcg_temp_free_internal_x86_64(tcg, (uint8_t *)tcg + place);
}

// A block has left in front of the horizon: true if that was because its domain is another one, which has been told then. The
// block is counted already.
bool seams_cross_domain(seams_engine *e, const void *tb) {
  if (!e->domains) return false;
  int64_t domain = domain_of_frame(e, FIELD(uint64_t, tb, TB_PAGE_ADDRESS));
  if (domain == e->domain) return false;
  int64_t left = e->domain;
  e->domain = domain;
  e->countdown += FIELD(uint16_t, tb, TB_ICOUNT);
  FIELD(uint64_t, e->env, ENV_EIP) = FIELD(uint64_t, tb, TB_PC) - FIELD(uint64_t, tb, TB_CS_BASE);
  e->call.domain(e->call.context, (int32_t)left, (int32_t)domain);
  if (e->countdown <= 0) seams_stop_here(e);
  return true;
}

static void forget_all_code(seams_engine *e, void *unused) {
  (void)unused;
  tb_flush_x86_64(e->cpu);
  seams_forget_forms(e);
}

void seams_set_domains(seams_engine *e, const uint8_t *frames) {
  e->domains = frames;
  e->domain = NO_DOMAIN;
  seams_guarded(e, forget_all_code, NULL);
}

void seams_forget_domain(seams_engine *e) { e->domain = NO_DOMAIN; }
