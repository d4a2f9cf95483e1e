// What the files of this target share: the engine's own state, and the library's functions that they call.
#ifndef SEAMS_ENGINE_H
#define SEAMS_ENGINE_H

#include "include/unicorn_seams.h"
#include "layout.h"

// One cached translation: the guest's TLB has unlimited size, so that what is stale and what is not never depends on
// the library's own TLB. `virtual_page` is the address's page number + 1; 0 marks an empty slot.
typedef struct {
  uint64_t virtual_page;
  seams_translation translation;
} cache_slot;

typedef struct {
  cache_slot *slots;
  uint32_t capacity, used;  // capacity: a power of two
  uint32_t large;           // entries that are part of a large page
} translation_cache;

// Pages that the library's TLB may hold with a given protection key; more than these, and everything is flushed.
enum { KEYED_PAGES = 64 };
typedef struct {
  uint64_t page[KEYED_PAGES];
  uint32_t count;  // KEYED_PAGES + 1: too many
} keyed_pages;

struct seams_engine {
  seams_callbacks call;
  uc_engine *uc;
  void *cpu;  // CPUState
  void *env;  // CPUX86State
  void *tcg;  // TCGContext
  void *ram_region;
  uint64_t ram_bytes;
  uint8_t *ram;
  uint64_t *dirty, *holds_code;  // one bit a page; the memory's own sets

  // Instructions left until the horizon; the translated code subtracts each block's length on entry.
  int64_t countdown;
  uint64_t horizon;
  bool in_instruction;  // inside a helper or device access of the block's last instruction, which is already counted
  bool peeking;         // restore_state_to_opc asks for the position only
  uint32_t overshoot;   // instructions of the block not executed, the current one included, at the last restore
  bool restored, fetch_fault, delivering, delivering_int;
  uint64_t interrupt_eip;  // address of the INT instruction
  int32_t injected;        // vector to deliver on entry, or -1
  bool injected_nmi;       // `injected` is a non-maskable interrupt
  bool want_window, want_nmi_window;
  bool stop_asked, again;
  seams_stop stop;
  uc_err error;

  uint8_t access_table[3][4][8];
  translation_cache data_cache, fetch_cache;
  keyed_pages keyed[16];
  uint64_t fills, walks;
  bool built_in_walk;

  uint64_t *breakpoints;
  uint32_t breakpoint_count;
  uint64_t skip_breakpoint;
  bool skip_armed;
};

// The engine that this thread is in: the seams are called with the library's objects only.
extern _Thread_local seams_engine *seams_current;

// mmu.c
static inline bool seams_page_bit(const uint64_t *set, uint64_t page) { return set[page >> 6] >> (page & 63) & 1; }
bool seams_cache_reserve(seams_engine *);
void seams_cache_release(seams_engine *);
void seams_invalidate_page(seams_engine *, uint64_t address);
// Delivery is about to make implicit accesses: rights that EFLAGS.AC gave to explicit ones must be asked for again.
void seams_forget_lifted_rights(seams_engine *e);
void seams_pkru_changed(seams_engine *, uint32_t old_value, uint32_t new_value);
// count.c
void seams_stop_here(seams_engine *);

// The library.
void raise_exception_err_ra_x86_64(void *env, int vector, int error_code, uintptr_t retaddr) __attribute__((noreturn));
void cpu_loop_exit_noexc_x86_64(void *cpu) __attribute__((noreturn));
bool cpu_restore_state_x86_64(void *cpu, uintptr_t host_pc, bool will_exit);
void x86_cpu_do_interrupt_x86_64(void *cpu);
void do_interrupt_x86_hardirq_x86_64(void *env, int vector, int is_hw);
void tlb_set_page_x86_64(void *cpu, uint64_t va, uint64_t pa, int prot, int mmu_index, uint64_t size);
void tlb_set_dirty_x86_64(void *cpu, uint64_t va);
void tlb_reset_dirty_x86_64(void *cpu, uint64_t host_address, uint64_t length);
void tlb_flush_x86_64(void *cpu);
void tlb_flush_page_x86_64(void *cpu, uint64_t va);
void tb_flush_x86_64(void *cpu);
void tb_invalidate_phys_range_x86_64(void *uc, uint64_t start, uint64_t end);
void cpu_x86_update_cr0_x86_64(void *env, uint32_t value);
void cpu_x86_update_cr3_x86_64(void *env, uint64_t value);
void cpu_x86_update_cr4_x86_64(void *env, uint32_t value);
void update_fp_status_x86_64(void *env);
void update_mxcsr_status_x86_64(void *env);

#endif
