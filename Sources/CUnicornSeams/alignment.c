// Accesses that are not aligned as their instruction wants.
//
// translate.c marks the guest memory accesses of such instructions, so that the library comes here with those that are not
// aligned, and only with them: #GP for 16-byte operands, #AC under alignment checking, a look at both pages before a store
// of 16 bytes that the library does in two parts, and at the right to write before an operand is read that will be written.

#include "forms.h"

bool seams_checks_alignment(const seams_engine *e) {
  return seams_cr(e, 0) & CR0_AM && FIELD(uint64_t, e->env, ENV_EFLAGS) & RFLAGS_AC && seams_cpl(e) == 3;
}

void seams_check_alignment(seams_engine *e, uint64_t address, uint32_t alignment, uintptr_t ra) {
  if (!(address & (alignment - 1)) || !seams_checks_alignment(e)) return;
  if (seams_is_canonical(address)) seams_raise(e, VECTOR_AC, 0, ra);  // else the access itself faults
}

static void on_unaligned(void *cpu, uint64_t address, int access, int mmu_index, uintptr_t ra) {
  seams_engine *e = seams_current;
  (void)cpu;
  seams_find_position(e, ra);
  uint32_t traits = e->traits;
  // Before the address is looked at: #GP also where a non-canonical one raises #SS, as processors do.
  if (traits & TRAIT_ALIGNED && address & 15) seams_raise(e, VECTOR_GP, 0, ra);
  if (seams_checks_alignment(e) && seams_is_canonical(address)) seams_raise(e, VECTOR_AC, 0, ra);
  if (traits & TRAIT_WIDE && access == SEAMS_WRITE && (address & 0xfff) > 0x1000 - 16) seams_probe_write(e, address, 16, ra);
  // The size is not known here: 8 bytes at most. Where the operand ends in this page the answer is the same, only sooner.
  if (traits & TRAIT_MODIFIES && access == SEAMS_READ && (address & 0xfff) > 0x1000 - 8) seams_ask_to_modify(e, address, mmu_index, ra);
}

void seams_watch_alignment(seams_engine *e) {
  FIELD(void *, FIELD(void *, e->cpu, CPU_CLASS), CLASS_UNALIGNED_ACCESS) = (void *)on_unaligned;
}
