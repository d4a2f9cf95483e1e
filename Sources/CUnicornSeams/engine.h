// What the files of this target share: the engine's own state, and the library's functions that they call.
#ifndef SEAMS_ENGINE_H
#define SEAMS_ENGINE_H

#include "guard.h"
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
  uint64_t regions[4];      // where those may be: a bit for each 2 MiB, by the low 8 bits of its number
  bool has_huge;            // some may be part of a page that is larger than that
  uint64_t changes;         // how often an entry went or became another one
} translation_cache;

// Pages that the library's TLB may hold with a given protection key; more than these, and everything is flushed.
enum { KEYED_PAGES = 64 };
typedef struct {
  uint64_t page[KEYED_PAGES];
  uint32_t count;  // KEYED_PAGES + 1: too many
} keyed_pages;

// Instructions that have reached devices (devices.c), and places in translated code that have been looked up (mmu.c). Both
// tables forget what has no room.
enum { DEVICE_SETS = 256, DEVICE_WAYS = 4, POSITIONS = 1024 };
typedef struct {
  uintptr_t return_address;  // in translated code; 0: an empty slot
  uint64_t address, eip;     // of the instruction: linear, and in its segment
  uint32_t flags;            // the library's word for where the condition codes are
  uint16_t overshoot, traits;
} code_position;

// Blocks that have been looked up, and pages that the guest's TLB was asked for (lookup.c). Both tables forget what has no room.
enum { KNOWN_BLOCKS_BITS = 12, KNOWN_PAGES = 64 };
typedef struct {
  void *code;        // NULL: an empty slot
  uint64_t address;  // that it begins at: linear, and in its segment
  uint64_t frame;    // the physical page that it was translated from
  uint32_t flags;    // and for what
} known_block;
typedef struct {
  uint64_t key;      // page number times 4, and who may fetch from it
  uint64_t changes;  // of the guest's TLB, up to when that was so
  uint64_t physical;
} known_page;

// Enters translated code; returns where it left.
typedef uintptr_t seams_prologue(void *env, void *code);

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
  uint64_t position_address;  // linear address and word for the condition codes at the last restore
  uint32_t position_flags;
  uint64_t device_instructions[DEVICE_SETS][DEVICE_WAYS];  // linear addresses + 1; 0: empty
  uint32_t device_way;                                     // the next to be overwritten
  code_position positions[POSITIONS];
  uint32_t overshoot;   // instructions of the block not executed, the current one included, at the last restore
  uint16_t traits;      // of that current instruction (forms.h)
  bool restored, fetch_fault, delivering, delivering_int;
  uint32_t delivered;      // the vector being delivered
  uint64_t interrupt_eip;  // address of the INT instruction
  int32_t injected;        // vector to deliver on entry, or -1
  bool injected_nmi;       // `injected` is a non-maskable interrupt
  bool want_window, want_nmi_window;
  bool stop_asked, again;
  seams_stop stop;

  uint8_t access_table[3][4][8];
  translation_cache data_cache, fetch_cache;
  keyed_pages keyed[16];
  uint64_t fills, walks;
  bool built_in_walk;

  known_block blocks[1 << KNOWN_BLOCKS_BITS];
  known_page pages[KNOWN_PAGES];

  struct known_forms *known_forms;

  seams_watch *watches;  // watch.c
  uint32_t watch_count;
  uint64_t filling_frame;  // of the page whose entry of the library's TLB is being made
  uint64_t wrong_page;  // the library is about to ask for an access that is none (debug.c)
  struct watched_part *parts;
  uint32_t part_count, part_capacity;
  const uint8_t *domains;  // domains.c: one of each physical page; NULL: not known
  int32_t domain;          // the last that was told of
  int32_t expected[2];     // those that need not be told of
  seams_prologue *prologue;  // the library's own
  intptr_t block_header;     // from a block's description to its code; 0: not known yet

  struct seams_profile *profile;  // profile.c; NULL: nobody asks

  uint64_t *breakpoints;
  uint32_t breakpoint_count;
  uint64_t skip_breakpoint;
  bool skip_armed;

  // What is to happen between two instructions, before the caller's own horizon (engine.c).
  uint64_t resume_horizon;
  uint32_t pending_hits;  // debug registers whose trap waits for the end of this instruction
  uint32_t held_hits;     // likewise for the end of the next one, which MOV SS or POP SS is followed by
  uint64_t sti_end;       // instructions retired when the last STI was: the shadow then is STI's
  bool flush_blocks, is_interrupted;
  bool has_debug_addresses;  // an enabled address in DR0-DR3
  uint64_t xcr0_allowed;
  uint32_t pkrs;
  bool has_supervisor_keys;

  bool lent_mxcsr, lent_x87;  // the guest's are in the host's units (host_units.c)
  uint32_t own_mxcsr;         // the host's meanwhile
  seams_guard guard;
};

// The engine that this thread is in: the seams are called with the library's objects only.
extern _Thread_local seams_engine *seams_current;

// mmu.c
static inline bool seams_page_bit(const uint64_t *set, uint64_t page) { return set[page >> 6] >> (page & 63) & 1; }
// Where the library's TLB has the entry of `address`, if it has one: words of CPUTLBEntry, addr_read, addr_write, addr_code, addend. An address
// there is the page's, with bits that say what must be asked before an access; the addend leads from it to the host's memory.
enum { TLB_READ, TLB_WRITE, TLB_CODE, TLB_ADDEND };
static inline uint64_t *seams_tlb_entry(const seams_engine *e, uint64_t address, int mmu_index) {
  const uint8_t *fast = (const uint8_t *)e->cpu + CPU_TLB_FAST + mmu_index * TLB_FAST_BYTES;
  return (uint64_t *)(FIELD(uint8_t *, fast, 8) + (address >> 7 & FIELD(uintptr_t, fast, 0)));  // page number times 32 bytes
}
bool seams_cache_reserve(seams_engine *);
// The physical page that the guest's TLB has for data or code at `address`. False: none.
bool seams_data_frame(const seams_engine *, uint64_t address, uint64_t *frame);
bool seams_code_frame(const seams_engine *, uint64_t address, uint64_t *frame);
// What the guest's TLB has for fetches from `address`. False: nothing.
bool seams_fetch_translation(const seams_engine *, uint64_t address, seams_translation *found);
void seams_cache_release(seams_engine *);
void seams_invalidate_page(seams_engine *, uint64_t address);
// Delivery is about to make implicit accesses: rights that EFLAGS.AC gave to explicit ones must be asked for again.
void seams_forget_lifted_rights(seams_engine *e);
void seams_pkru_changed(seams_engine *, uint32_t old_value, uint32_t new_value);
void seams_write_pkrs(seams_engine *, uint32_t value);
void seams_flush_library_tlb(seams_engine *e);
// Where translated code was when it called the function that returns to `ra`: sets `overshoot` and `traits`, RIP and flags. False: it was not in
// translated code.
bool seams_find_position(seams_engine *e, uintptr_t ra);
// Translated code is gone, and with it every position in it.
void seams_forget_positions(seams_engine *e);
// devices.c
bool seams_reaches_device(const seams_engine *, uint64_t address);
uint64_t seams_on_device_read(uc_engine *, uint64_t offset, unsigned bytes, void *engine);
void seams_on_device_write(uc_engine *, uint64_t offset, unsigned bytes, uint64_t value, void *engine);
// An access that must be the last thing of its block: leaves, to begin a block with the instruction, if it is not.
void seams_require_last(seams_engine *e, uintptr_t ra);
// count.c
void seams_stop_here(seams_engine *);
// state.c
void seams_renew_hidden_flags(seams_engine *e);
// instructions.c
void seams_write_pkru(seams_engine *e, uint32_t value);
// One of SEAMS_SYSTEM_CALL to SEAMS_INVLPG has done its work, as the last instruction of its block.
void seams_tell_executed(seams_engine *e, uint32_t which);
// If an interrupt waits for EFLAGS.IF, the run stops after the current instruction, which may set it.
void seams_stop_for_window(seams_engine *e);
// The same behind IRET's work: the run goes on where IF is still clear, and an NMI can come now.
void seams_look_for_windows(seams_engine *e);
// host_units.c: the guest's floating-point state is in `env` again.
void seams_take_units_back(seams_engine *e);
// alignment.c
void seams_watch_alignment(seams_engine *e);
// exceptions.c
enum { INJECTED_DEBUG_TRAP = 0x100 };  // for `injected`
void seams_on_exception(uc_engine *, uint32_t vector, void *engine);
bool seams_on_invalid_opcode(uc_engine *, void *engine);
// engine.c
// Raises #DB with these bits of DR6 after the current instruction; `ra` as for faults, 0 in a helper that ends its block.
void seams_trap_after(seams_engine *e, uint32_t hits, uintptr_t ra);
void seams_flush_blocks_later(seams_engine *e);
// What is due between two instructions is done before the next one, the first of a handler that was just entered.
void seams_interrupt_now(seams_engine *e);
// Nothing is due between two instructions any more.
void seams_end_interruption(seams_engine *e);
// The instruction before was MOV SS or POP SS, which hold off debug exceptions as well (SDM volume 3, 6.8.3).
bool seams_debug_shadow(const seams_engine *e);
// code.c
// Gives up what was translated from physical memory. Only in the library.
void seams_forget_code_in(seams_engine *, uint64_t physical, uint64_t bytes);
// Gives up the blocks with instructions in [first, first + bytes), whatever pages they were mapped to. Only in the library.
void seams_forget_blocks_in(seams_engine *e, uint64_t first, uint64_t bytes);
// watch.c
uint32_t seams_watched_kinds(const seams_engine *, uint64_t page);
bool seams_is_watched_code(const seams_engine *, uint64_t address);
void seams_note_access(seams_engine *, uint64_t address, uint32_t bytes, uint32_t kind, uintptr_t ra);
// At the end of an instruction; at the end of a delivery; before an instruction.
void seams_report_hits(seams_engine *);
void seams_report_before_fetch(seams_engine *);
void seams_report_delivery(seams_engine *);
void seams_report_execution(seams_engine *, uint64_t address);
void seams_release_watches(seams_engine *);
// lookup.c: translated code is gone, and with it every block of it.
void seams_forget_blocks(seams_engine *e);
// domains.c
// The block with this code is entered next, and not yet counted. One that begins at the horizon is not entered: it is told of when
// the run goes on, if nothing comes in between.
void seams_enter_block(seams_engine *e, const void *code);
// A block has been translated. False: its code is not where domains.c looks for its description.
bool seams_note_block(seams_engine *, const void *block);
// An exception or interrupt is delivered: the next block tells its domain, whichever that is.
void seams_expect_no_domain(seams_engine *);
// debug.c
void seams_write_debug(seams_engine *e, int index, uint64_t value);
void seams_check_general_detect(seams_engine *e, uintptr_t ra);
void seams_debug_entered(seams_engine *e);
void seams_debug_restored(seams_engine *e);
_Noreturn void seams_raise_step(seams_engine *e);
bool seams_is_debug_address(const seams_engine *e, uint64_t address);
void seams_check_execution(seams_engine *e, uint64_t address);
void seams_check_port_breakpoint(seams_engine *e, uint32_t port, uint32_t bytes);
void seams_note_debug_hits(seams_engine *e, uint32_t found);
// Data and port breakpoints that were met and not reported yet are reported with the #DB that is being raised.
void seams_note_waiting_hits(seams_engine *e);

// The library.
void raise_exception_err_ra_x86_64(void *env, int vector, int error_code, uintptr_t retaddr) __attribute__((noreturn));
void cpu_loop_exit_noexc_x86_64(void *cpu) __attribute__((noreturn));
void *tcg_tb_lookup_x86_64(void *tcg, uintptr_t host_pc);
void tb_phys_invalidate_x86_64(void *tcg, void *tb, uint64_t page_address);
bool cpu_restore_state_x86_64(void *cpu, uintptr_t host_pc, bool will_exit);
void x86_cpu_do_interrupt_x86_64(void *cpu);
void do_interrupt_x86_hardirq_x86_64(void *env, int vector, int is_hw);
void tlb_set_page_x86_64(void *cpu, uint64_t va, uint64_t pa, int prot, int mmu_index, uint64_t size);
void tlb_set_dirty_x86_64(void *cpu, uint64_t va);
void tlb_reset_dirty_x86_64(void *cpu, uint64_t host_address, uint64_t length);
void tlb_flush_x86_64(void *cpu);
void tlb_flush_page_x86_64(void *cpu, uint64_t va);
void tb_flush_x86_64(void *cpu);
void tcg_tb_foreach_x86_64(void *tcg, int (*visit)(void *key, void *tb, void *argument), void *argument);
void tb_invalidate_phys_range_x86_64(void *uc, uint64_t start, uint64_t end);
void cpu_x86_update_cr0_x86_64(void *env, uint32_t value);
void cpu_x86_update_cr3_x86_64(void *env, uint64_t value);
void cpu_x86_update_cr4_x86_64(void *env, uint32_t value);
void update_fp_status_x86_64(void *env);
void update_mxcsr_status_x86_64(void *env);

#endif
