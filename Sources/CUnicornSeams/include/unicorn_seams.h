// The one place that knows the internals of libunicorn 2.0.1.
//
// libunicorn.a is linked statically and some of its internal functions are replaced by the linker's --wrap. What comes
// out is a complete, deterministic x86-64 CPU: its MMU, its time, its random numbers and its devices are asked for
// through `seams_callbacks`, retired instructions are counted exactly in the translated code, and exceptions and
// interrupts are delivered by the library's own code.
//
// Callbacks must return normally: faults leave by siglongjmp, and only C frames may lie between.
#ifndef UNICORN_SEAMS_H
#define UNICORN_SEAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct seams_engine seams_engine;

// How memory is accessed; the values are the library's own (MMUAccessType).
enum { SEAMS_READ = 0, SEAMS_WRITE = 1, SEAMS_FETCH = 2 };

// On whose behalf memory is accessed; the values are the library's own MMU indices.
enum { SEAMS_SUPERVISOR_SMAP = 0, SEAMS_USER = 1, SEAMS_SUPERVISOR = 2 };

// Bits of `seams_translation.rights`.
enum { SEAMS_WRITABLE = 1, SEAMS_USER_PAGE = 2, SEAMS_NO_EXECUTE = 4 };

// One 4 KiB translation, as the page walk found it.
typedef struct {
  uint64_t physical_page;  // guest-physical address, 4 KiB aligned
  uint64_t page_bytes;     // size of the page it is a part of: 4 KiB, 2 MiB, 1 GiB
  uint8_t rights;
  uint8_t key;             // protection key of the leaf entry
  bool dirty;              // the leaf's D bit is set: stores need not ask again
  bool global;             // survives a CR3 write
} seams_translation;

typedef struct {
  uint8_t vector;       // 14 (#PF) or 13 (#GP, non-canonical)
  uint32_t error_code;
} seams_fault;

// One entry of the translation cache, as snapshots keep it.
typedef struct {
  uint64_t virtual_page;
  seams_translation translation;
  bool is_fetch;
} seams_cached_translation;

// Where XSAVE puts PKRU, in bytes from the area's start, as CPUID leaf 0DH must say.
enum { SEAMS_XSAVE_PKRU_OFFSET = 2688 };

// How watched memory was accessed.
enum { SEAMS_WATCH_READ = 1, SEAMS_WATCH_WRITE = 2, SEAMS_WATCH_EXECUTE = 4 };

// A range of memory whose accesses of these kinds are reported.
typedef struct {
  uint64_t first, bytes;
  bool is_physical;  // otherwise by linear addresses
  uint8_t kinds;
} seams_watch;

// One access to watched memory. `instruction` is the number of the instruction that made it, or of the next one where the
// CPU made it while it delivered an exception or interrupt; `before` and `after` are NULL for execution.
typedef struct {
  uint64_t address, physical, bytes, instruction, rip;
  uint32_t pkru, kind;
  const uint8_t *before, *after;
} seams_hit;

// Registers whose writes are reported.
enum {
  SEAMS_CR0 = 0, SEAMS_CR2 = 2, SEAMS_CR3 = 3, SEAMS_CR4 = 4, SEAMS_CR8 = 8, SEAMS_EFER = 16,
  SEAMS_XCR0 = 17,
  SEAMS_DR0 = 32,  // and DR1 to DR7 after it
};

// Registers that say where a descriptor table or the task state is.
enum { SEAMS_GDTR, SEAMS_IDTR, SEAMS_LDTR, SEAMS_TR };

// Instructions that may take time of their own: SYSCALL and SYSRET, RDPKRU, CPUID, INVLPG.
enum { SEAMS_SYSTEM_CALL, SEAMS_RDPKRU, SEAMS_CPUID, SEAMS_INVLPG };

typedef struct {
  void *context;
  void *bus_context;  // the first argument of the device and port functions, of `domain` and `executed`
  // Walks the page tables and decides. True: `out` is filled. False: `fault` is.
  bool (*translate)(void *, uint64_t address, uint32_t access, uint32_t mmu_index, seams_translation *out, seams_fault *fault);
  uint64_t (*device_read)(void *, uint64_t physical, uint32_t bytes);
  void (*device_write)(void *, uint64_t physical, uint32_t bytes, uint64_t value);
  uint32_t (*port_read)(void *, uint32_t port, uint32_t bytes);
  void (*port_write)(void *, uint32_t port, uint32_t bytes, uint32_t value);
  // Called before delivery. `address` is CR2 for #PF.
  void (*exception)(void *, uint32_t vector, uint32_t error_code, uint64_t address);
  void (*interrupt)(void *, uint32_t vector);
  void (*pkru_write)(void *, uint32_t old_value, uint32_t new_value);
  // Called after the write; the access table may be renewed in it.
  void (*control_write)(void *, uint32_t which, uint64_t old_value, uint64_t new_value);
  // WRMSR has written another one than EFER.
  void (*msr_written)(void *, uint32_t index, uint64_t value);
  // LGDT, LIDT, LLDT or LTR has loaded a table's place: one of SEAMS_GDTR to SEAMS_TR.
  void (*table_write)(void *, uint32_t which, uint32_t selector, uint64_t base, uint32_t limit);
  // Return false to raise #GP(0).
  bool (*msr_read)(void *, uint32_t index, uint64_t *value);
  bool (*msr_write)(void *, uint32_t index, uint64_t value);
  bool (*counter_read)(void *, uint32_t number, uint64_t *value);
  // Returns false where the write must raise #GP(0).
  bool (*control_check)(void *, uint32_t which, uint64_t value);
  void (*cpuid)(void *, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
  // An instruction that nothing else is told of has done its work: one of SEAMS_SYSTEM_CALL to SEAMS_INVLPG.
  void (*executed)(void *, uint32_t which);
  uint64_t (*cr8_read)(void *);
  uint64_t (*tsc)(void *);
  uint64_t (*random)(void *);
  // The engine is about to execute a breakpoint's address. Return true to stop before it.
  bool (*breakpoint)(void *, uint64_t address);
  // Watched memory was accessed: after the instruction that did, before one that is executed.
  void (*watched)(void *, const seams_hit *);
  // The next instruction, at `rip`, is of another domain than the one before; -1: that is not known. Returns one more domain that
  // need not be told of, from now to the next call or delivery of an exception or interrupt; `to` if there is none.
  int32_t (*domain)(void *, int32_t from, int32_t to, uint64_t rip, uint32_t pkru);
} seams_callbacks;

// Why seams_run came back.
typedef enum {
  SEAMS_STOP_HORIZON = 0,   // the instruction horizon is reached, exactly
  SEAMS_STOP_HALT = 1,      // HLT retired
  SEAMS_STOP_SHUTDOWN = 2,  // triple fault
  SEAMS_STOP_BREAKPOINT = 3,
  SEAMS_STOP_ERROR = 4,     // the library gave up: a simulator defect
} seams_stop;

// `dirty_pages` and `code_pages` are bit sets of page numbers that the engine marks: pages stored to, and pages with
// translated code, for which writes from outside must be told to seams_invalidate_code.
// Null when the linked library is not the one that the seams were cut for, or when it gave up; `reason` then says why.
seams_engine *seams_create(const seams_callbacks *callbacks, void *ram, uint64_t ram_bytes, uint64_t *dirty_pages,
                           uint64_t *code_pages, const char **reason, bool *gave_up);
void seams_destroy(seams_engine *);

seams_stop seams_run(seams_engine *);
const char *seams_error_text(const seams_engine *);

// Retired instructions, exact at any time, also inside callbacks.
uint64_t seams_retired(const seams_engine *);
void seams_set_retired(seams_engine *, uint64_t count);
// Stop before the instruction with this number. May be called inside callbacks: takes effect exactly there, but not
// earlier than after the current instruction.
void seams_set_horizon(seams_engine *, uint64_t count);

// Deliver this external interrupt when seams_run is called next.
void seams_inject_interrupt(seams_engine *, uint8_t vector);
// Stop after the next instruction that sets EFLAGS.IF.
void seams_want_interrupt_window(seams_engine *, bool wanted);
// Deliver a non-maskable interrupt (vector 2) when seams_run is called next; further ones are blocked until an IRET.
void seams_inject_nmi(seams_engine *);
// Stop after the next IRET, which ends the blocking of non-maskable interrupts.
void seams_want_nmi_window(seams_engine *, bool wanted);
bool seams_nmi_blocked(const seams_engine *);
// An instruction that holds interrupts off for one instruction (STI, MOV SS) came just before.
bool seams_interrupt_shadow(const seams_engine *);

// What each MMU index may do with a page: bit 0 read, 1 write, 2 execute; indexed by [mmu index][PKRU bits WD:AD of the
// page's key][rights], 3 * 4 * 8 bytes. Computed from the access model whenever CR0, CR4 or EFER change.
void seams_set_access_table(seams_engine *, const uint8_t *table);
// Forget every translation (the guest's TLB).
void seams_flush_translations(seams_engine *, bool keep_global);
size_t seams_export_translations(const seams_engine *, seams_cached_translation *out, size_t capacity);
void seams_import_translations(seams_engine *, const seams_cached_translation *in, size_t count);
// Let the library's own page walk judge instead of `translate`: a second opinion on the models. Pages must be mapped in
// place (virtual address = physical address), and stores are not noted as dirty pages.
void seams_use_built_in_walk(seams_engine *, bool used);
// Stores must be noticed again: the dirty bitmap was cleared, or pages were replaced.
void seams_forget_dirty(seams_engine *);
// RAM was changed from outside the CPU.
void seams_invalidate_code(seams_engine *, uint64_t physical, uint64_t bytes);
void seams_add_breakpoint(seams_engine *, uint64_t address);
void seams_remove_breakpoint(seams_engine *, uint64_t address);
// The breakpoint that was the last to stop the engine and has not been passed since: it is passed without a stop.
bool seams_reported_breakpoint(const seams_engine *, uint64_t *address);
void seams_set_reported_breakpoint(seams_engine *, bool reported, uint64_t address);
// Replaces all watches; costs nothing for pages without one. Not inside callbacks. False: out of memory, nothing has changed.
bool seams_set_watches(seams_engine *, const seams_watch *watches, size_t count);
// The domain of each page of RAM, a byte each, which the caller keeps; NULL: domains are not looked at. Neither to be called nor
// a page's domain to be changed inside callbacks.
void seams_set_domains(seams_engine *, const uint8_t *frames);
// The domain of the code that ran last is not known: the next block tells its own.
void seams_forget_domain(seams_engine *);
// Profiles (profile.c). What a profile tells of:
enum {
  SEAMS_PROFILE_UNPLACED = 0,     // instructions that no block of code has
  SEAMS_PROFILE_INSTRUCTION = 1,  // an instruction, retired so many times; kinds from 2 on are the caller's, with cycles
};
// How a node of a profile's tree of calls was reached: by a call from `site`, or by the interrupt or exception with that vector.
enum { SEAMS_PROFILE_CALL = 0, SEAMS_PROFILE_INTERRUPT = 1 };
typedef struct {
  uint64_t site;
  uint32_t parent, kind, depth;  // node 0 is the root
} seams_profile_node;
typedef struct {
  uint64_t address;  // linear
  uint64_t amount;
  uint32_t node, tag, kind;
} seams_profile_sample;
// Begins or ends a profile; not inside callbacks.
void seams_set_profile(seams_engine *, bool is_on);
// Says where the code is that switches threads: from the first byte up to the end, which is no part of it. Otherwise it is guessed.
void seams_profile_switches(seams_engine *, const uint64_t (*bounds)[2], size_t count);
// What is retired from now on has this tag. May be called inside callbacks, as the following.
void seams_profile_tag(seams_engine *, uint32_t tag);
// Counts cycles at the current instruction.
void seams_profile_charge(seams_engine *, uint32_t kind, uint64_t cycles);
// The tree of calls, which only grows.
size_t seams_profile_nodes(const seams_engine *, const seams_profile_node **nodes);
// Hands over all samples and forgets them. There may be several of one place.
void seams_profile_take(seams_engine *, void *context, void (*take)(void *, const seams_profile_sample *));
// The state components that XSETBV may enable (SDM volume 1, 13.1): bits 0 x87, 1 SSE, 9 PKRU.
void seams_set_state_components(seams_engine *, uint64_t components);

// Whether there is IA32_PKRS (SDM volume 3, 2.7). Without, accesses to it are the callbacks' like those to any other MSR.
void seams_set_supervisor_keys(seams_engine *, bool there_are);
// Number of TLB fills since creation, and of those answered without a page walk.
uint64_t seams_fills(const seams_engine *);
uint64_t seams_walks(const seams_engine *);

typedef struct {
  uint16_t selector;
  uint32_t limit;
  uint64_t base;
  uint32_t attributes;  // bits 8-23 of the descriptor's second doubleword, in place
} seams_segment;

// What the instruction just before holds off until the next one is done, in `seams_cpu_state.shadow`: interrupts (STI, MOV SS,
// POP SS), debug exceptions (MOV SS, POP SS), and from SEAMS_SHADOW_HITS_SHIFT on one bit for each of DR0-DR3 whose data
// breakpoint it met.
enum { SEAMS_SHADOW_INTERRUPTS = 1, SEAMS_SHADOW_DEBUG = 2, SEAMS_SHADOW_HITS_SHIFT = 4 };

// The architectural state. Complete: what is not here does not exist.
typedef struct {
  uint64_t gpr[16];  // RAX RCX RDX RBX RSP RBP RSI RDI R8-R15
  uint64_t rip, rflags;
  uint64_t cr0, cr2, cr3, cr4, cr8, efer;
  seams_segment segment[6];  // ES CS SS DS FS GS
  seams_segment ldt, tr;
  uint64_t gdt_base, idt_base;
  uint32_t gdt_limit, idt_limit;
  uint32_t pkru, pkrs;
  uint64_t dr[8];
  uint64_t star, lstar, cstar, fmask, kernel_gs_base, tsc_aux, pat;
  uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
  uint8_t st[8][16];  // physical x87 registers R0-R7
  uint8_t fp_tag_empty[8];
  uint16_t fcw, fsw, fop;
  uint64_t fip, fdp;
  uint8_t xmm[16][16];
  uint32_t mxcsr;
  uint64_t xcr0;
  uint8_t shadow;  // SEAMS_SHADOW_...
  bool nmi_blocked;
} seams_cpu_state;

void seams_get_state(const seams_engine *, seams_cpu_state *out);
// The guest's TLB stays as it is, unless CR0, CR3, CR4 or EFER change: then it is emptied.
void seams_set_state(seams_engine *, const seams_cpu_state *in);

uint64_t seams_rip(const seams_engine *);
uint64_t seams_rflags(const seams_engine *);
bool seams_interrupts_enabled(const seams_engine *);
uint32_t seams_pkru(const seams_engine *);
uint32_t seams_pkrs(const seams_engine *);
// Of these two the one that isolation goes by: IA32_PKRS where CR4.PKS is set.
uint32_t seams_key_rights(const seams_engine *);
uint64_t seams_control(const seams_engine *, unsigned which);

// An instruction taken apart (SDM volume 2, chapter 2).
typedef struct {
  uint8_t length;
  uint8_t map;  // 0 one byte, 1 0F, 2 0F 38, 3 0F 3A
  uint8_t opcode, modrm;
  bool has_modrm, is_memory;  // is_memory: the ModRM byte names memory
  bool has_lock, has_rep, is_vex, has_rex;
  uint8_t operand_bytes, address_bytes;  // 2, 4 or 8
  uint8_t reg, rm;  // register numbers with the REX bits; without ModRM rm is that in the opcode
  int8_t base, index;  // of the memory operand; -1 none, 16 RIP
  uint8_t prefix;  // F2, F3 or 66, in this order of importance; 0 none
  uint64_t immediate;
  uint8_t immediate_bytes;
} seams_instruction;

// The instruction that `bytes` begin with, for code of so many bits; false if they are too short or no instruction's form.
bool seams_take_apart(const uint8_t *bytes, size_t count, int code_bits, seams_instruction *out);

#endif
