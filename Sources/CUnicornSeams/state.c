// The architectural state, copied out and in. What the library derives (hidden flags, rounding modes, lazy condition
// codes) is computed anew from it, so that a snapshot knows nothing of the library.

#include <string.h>

#include "engine.h"

enum { ARITHMETIC_FLAGS = 0x8d5, DIRECTION_FLAG = 1 << 10, TOP = 7 << 11 };
enum { ES, CS, SS, DS, FS, GS };

static seams_segment get_segment(const void *at) {
  return (seams_segment){(uint16_t)FIELD(uint32_t, at, 0), FIELD(uint32_t, at, 16), FIELD(uint64_t, at, 8), FIELD(uint32_t, at, 20)};
}

// A TSS in TR is busy, as LTR leaves it (SDM volume 3, 8.2.2); the library keeps its descriptor as it was before, and gives up
// on a busy one.
#define TSS_BUSY (1u << 9)
static bool is_task_segment(uint32_t attributes) {
  uint32_t type = attributes >> 8 & 0x1f;
  return type == 1 || type == 9;
}

static void set_segment(void *at, const seams_segment *s) {
  FIELD(uint32_t, at, 0) = s->selector;
  FIELD(uint64_t, at, 8) = s->base;
  FIELD(uint32_t, at, 16) = s->limit;
  FIELD(uint32_t, at, 20) = s->attributes;
}

// Fields that are the same size and need nothing but copying.
#define PLAIN_FIELDS(F) \
  F(uint64_t, rip, ENV_EIP) F(uint64_t, cr0, ENV_CR) F(uint64_t, cr2, ENV_CR + 16) F(uint64_t, cr3, ENV_CR + 24) \
  F(uint64_t, cr4, ENV_CR + 32) F(uint64_t, efer, ENV_EFER) F(uint32_t, pkru, ENV_PKRU) F(uint64_t, star, ENV_STAR) \
  F(uint64_t, lstar, ENV_LSTAR) F(uint64_t, cstar, ENV_CSTAR) F(uint64_t, fmask, ENV_FMASK) \
  F(uint64_t, kernel_gs_base, ENV_KERNEL_GS_BASE) F(uint64_t, tsc_aux, ENV_TSC_AUX) F(uint64_t, pat, ENV_PAT) \
  F(uint64_t, sysenter_esp, ENV_SYSENTER_ESP) F(uint64_t, sysenter_eip, ENV_SYSENTER_EIP) \
  F(uint64_t, gdt_base, ENV_GDT + 8) F(uint32_t, gdt_limit, ENV_GDT + 16) F(uint64_t, idt_base, ENV_IDT + 8) \
  F(uint32_t, idt_limit, ENV_IDT + 16) F(uint16_t, fcw, ENV_FPUC) F(uint16_t, fop, ENV_FPOP) F(uint64_t, fip, ENV_FPIP) \
  F(uint64_t, fdp, ENV_FPDP) F(uint32_t, mxcsr, ENV_MXCSR) F(uint64_t, xcr0, ENV_XCR0)

void seams_get_state(const seams_engine *e, seams_cpu_state *out) {
  memset(out, 0, sizeof *out);
#define GET(type, name, offset) out->name = FIELD(type, e->env, offset);
  PLAIN_FIELDS(GET)
#undef GET
  out->sysenter_cs = FIELD(uint32_t, e->env, ENV_SYSENTER_CS);
  out->pkrs = e->pkrs;
  memcpy(out->gpr, (uint8_t *)e->env + ENV_REGS, sizeof out->gpr);
  memcpy(out->dr, (uint8_t *)e->env + ENV_DR, sizeof out->dr);
  out->rflags = seams_rflags(e);
  for (int i = 0; i < 6; i++) out->segment[i] = get_segment((uint8_t *)e->env + ENV_SEGS + i * SEGMENT_BYTES);
  out->ldt = get_segment((uint8_t *)e->env + ENV_LDT);
  out->tr = get_segment((uint8_t *)e->env + ENV_TR);
  if (is_task_segment(out->tr.attributes)) out->tr.attributes |= TSS_BUSY;
  for (int i = 0; i < 8; i++) memcpy(out->st[i], (uint8_t *)e->env + ENV_FPREGS + 16 * i, 10);
  memcpy(out->fp_tag_empty, (uint8_t *)e->env + ENV_FPTAGS, 8);
  out->fsw = (uint16_t)((FIELD(uint16_t, e->env, ENV_FPUS) & ~TOP) | (FIELD(uint32_t, e->env, ENV_FPSTT) & 7) << 11);
  for (int i = 0; i < 16; i++) memcpy(out->xmm[i], (uint8_t *)e->env + ENV_XMM + XMM_BYTES * i, 16);
  out->shadow = (uint8_t)((seams_interrupt_shadow(e) ? SEAMS_SHADOW_INTERRUPTS : 0) |
                          (seams_debug_shadow(e) ? SEAMS_SHADOW_DEBUG : 0) | e->held_hits << SEAMS_SHADOW_HITS_SHIFT);
  out->nmi_blocked = FIELD(uint32_t, e->env, ENV_HFLAGS2) & HF2_NMI_MASK;
}

// The hidden flags that the translator keys its blocks with.
static uint32_t hidden_flags(const seams_engine *e) {
  enum { CS32 = 1 << 4, SS32 = 1 << 5, ADDSEG = 1 << 6, PE = 1 << 7, LMA = 1 << 14, CS64 = 1 << 15, OSFXSR = 1 << 22, SMAP = 1 << 23 };
  const uint8_t *segments = (const uint8_t *)e->env + ENV_SEGS;
  uint64_t cr0 = FIELD(uint64_t, e->env, ENV_CR), cr4 = FIELD(uint64_t, e->env, ENV_CR + 32);
  seams_segment cs = get_segment(segments + CS * SEGMENT_BYTES), ss = get_segment(segments + SS * SEGMENT_BYTES);
  uint32_t flags = ss.attributes >> 13 & 3;
  bool long_mode = FIELD(uint64_t, e->env, ENV_EFER) >> 10 & 1;
  flags |= cr0 & 1 ? PE : 0;
  flags |= (uint32_t)(cr0 >> 1 & 7) << 9;  // MP, EM, TS
  flags |= cr4 >> 9 & 1 ? OSFXSR : 0;
  flags |= cr4 >> 21 & 1 ? SMAP : 0;
  flags |= long_mode ? LMA : 0;
  if (long_mode && cs.attributes >> 21 & 1) return flags | CS32 | SS32 | CS64;
  bool cs32 = cs.attributes >> 22 & 1;
  flags |= cs32 ? CS32 : 0;
  flags |= ss.attributes >> 22 & 1 ? SS32 : 0;
  bool based = get_segment(segments + DS * SEGMENT_BYTES).base | get_segment(segments + ES * SEGMENT_BYTES).base | ss.base;
  bool is_v86 = FIELD(uint64_t, e->env, ENV_EFLAGS) >> 17 & 1;
  return flags | (!(cr0 & 1) || is_v86 || !cs32 || based ? ADDSEG : 0);
}

void seams_renew_hidden_flags(seams_engine *e) {
  uint32_t shadow = FIELD(uint32_t, e->env, ENV_HFLAGS) & HF_INHIBIT_IRQ_MASK;
  FIELD(uint32_t, e->env, ENV_HFLAGS) = hidden_flags(e) | shadow;
}

// ES and B follow from the exception flags and their masks (SDM volume 1, 8.1.3.3). A state from a file that says otherwise
// would raise the exception in the host's x87 unit.
static uint16_t with_summary(uint16_t status, uint16_t control) {
  enum { EXCEPTIONS = 0x3f, ES_AND_B = 0x8080 };
  return (uint16_t)(status & ~control & EXCEPTIONS ? status | ES_AND_B : status & ~ES_AND_B);
}

static bool has_same_paging(const seams_engine *e, const seams_cpu_state *in) {
  return seams_control(e, 0) == in->cr0 && seams_control(e, 3) == in->cr3 && seams_control(e, 4) == in->cr4 &&
         seams_control(e, SEAMS_EFER) == in->efer;
}

void seams_set_state(seams_engine *e, const seams_cpu_state *in) {
  seams_engine *outer = seams_current;
  seams_current = e;
  bool keeps_paging = has_same_paging(e, in);
#define SET(type, name, offset) FIELD(type, e->env, offset) = in->name;
  PLAIN_FIELDS(SET)
#undef SET
  FIELD(uint32_t, e->env, ENV_SYSENTER_CS) = (uint32_t)in->sysenter_cs;
  e->pkrs = in->pkrs;
  memcpy((uint8_t *)e->env + ENV_REGS, in->gpr, sizeof in->gpr);
  memcpy((uint8_t *)e->env + ENV_DR, in->dr, sizeof in->dr);
  // Some flags live elsewhere while the library runs; entering its loop takes them from EFLAGS.
  FIELD(uint64_t, e->env, ENV_CC_SRC) = in->rflags & ARITHMETIC_FLAGS;
  FIELD(uint32_t, e->env, ENV_CC_OP) = CC_OP_EFLAGS;
  FIELD(int32_t, e->env, ENV_DF) = in->rflags & DIRECTION_FLAG ? -1 : 1;
  uint64_t elsewhere = outer == e ? ARITHMETIC_FLAGS | DIRECTION_FLAG : 0;
  FIELD(uint64_t, e->env, ENV_EFLAGS) = (in->rflags & ~elsewhere) | 2;
  for (int i = 0; i < 6; i++) set_segment((uint8_t *)e->env + ENV_SEGS + i * SEGMENT_BYTES, &in->segment[i]);
  set_segment((uint8_t *)e->env + ENV_LDT, &in->ldt);
  set_segment((uint8_t *)e->env + ENV_TR, &in->tr);
  if (is_task_segment(in->tr.attributes & ~TSS_BUSY)) FIELD(uint32_t, e->env, ENV_TR + 20) &= ~TSS_BUSY;
  for (int i = 0; i < 8; i++) memcpy((uint8_t *)e->env + ENV_FPREGS + 16 * i, in->st[i], 10);
  memcpy((uint8_t *)e->env + ENV_FPTAGS, in->fp_tag_empty, 8);
  FIELD(uint16_t, e->env, ENV_FPUS) = with_summary(in->fsw, in->fcw) & (uint16_t)~TOP;
  FIELD(uint32_t, e->env, ENV_FPSTT) = in->fsw >> 11 & 7;
  for (int i = 0; i < 16; i++) memcpy((uint8_t *)e->env + ENV_XMM + XMM_BYTES * i, in->xmm[i], 16);
  FIELD(uint32_t, e->env, ENV_HFLAGS) = hidden_flags(e) | (in->shadow & SEAMS_SHADOW_INTERRUPTS ? HF_INHIBIT_IRQ_MASK : 0);
  e->sti_end = in->shadow & SEAMS_SHADOW_DEBUG ? UINT64_MAX : seams_retired(e);
  e->held_hits = in->shadow >> SEAMS_SHADOW_HITS_SHIFT;
  if (outer != e) seams_end_interruption(e);
  uint32_t *more = &FIELD(uint32_t, e->env, ENV_HFLAGS2);
  *more = in->nmi_blocked ? *more | HF2_NMI_MASK : *more & ~(uint32_t)HF2_NMI_MASK;
  FIELD(int32_t, e->env, ENV_OLD_EXCEPTION) = -1;
  update_fp_status_x86_64(e->env);
  update_mxcsr_status_x86_64(e->env);
  bool had_addresses = e->has_debug_addresses;
  seams_debug_restored(e);
  if (had_addresses || e->has_debug_addresses) e->flush_blocks = true;
  seams_forget_domain(e);
  // Registers alone change nothing that the guest's TLB holds.
  if (keeps_paging)
    seams_flush_library_tlb(e);
  else
    seams_flush_translations(e, false);
  seams_current = outer;
}

uint64_t seams_rip(const seams_engine *e) { return FIELD(uint64_t, e->env, ENV_EIP); }

uint64_t seams_rflags(const seams_engine *e) {
  uint64_t flags = 0;
  uc_reg_read(e->uc, UC_X86_REG_EFLAGS, &flags);
  // The library keeps RF to the end of a block; between two instructions it is 0, but for the one that IRET leads to.
  return flags & ~(uint64_t)RESUME_FLAG;
}

bool seams_interrupts_enabled(const seams_engine *e) { return FIELD(uint64_t, e->env, ENV_EFLAGS) >> 9 & 1; }
uint32_t seams_pkru(const seams_engine *e) { return FIELD(uint32_t, e->env, ENV_PKRU); }
uint32_t seams_pkrs(const seams_engine *e) { return e->pkrs; }

uint32_t seams_key_rights(const seams_engine *e) {
  enum { CR4_PKS = 1 << 24 };
  return FIELD(uint64_t, e->env, ENV_CR + 32) & CR4_PKS ? e->pkrs : seams_pkru(e);
}

uint64_t seams_control(const seams_engine *e, unsigned which) {
  if (which == SEAMS_EFER) return FIELD(uint64_t, e->env, ENV_EFER);
  if (which == SEAMS_XCR0) return FIELD(uint64_t, e->env, ENV_XCR0);
  return which <= 4 ? FIELD(uint64_t, e->env, ENV_CR + 8 * which) : 0;
}

void seams_set_supervisor_keys(seams_engine *e, bool there_are) { e->has_supervisor_keys = there_are; }
void seams_set_state_components(seams_engine *e, uint64_t components) { e->xcr0_allowed = components; }
