/* What Swift cannot say itself: instructions, symbols of the linker script, and the assembly of this target. */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include <stddef.h>
#include <stdint.h>

void *memset(void *destination, int value, size_t length);

/* Addresses of what assembly and the linker script define. */
#define SYMBOL_ADDRESS(symbol)     \
  extern uint8_t symbol[];         \
  static inline uint64_t symbol##_address(void) { return (uint64_t)symbol; }

/* ---- Handed over by boot.S ---- */
extern uint64_t boot_protocol; /* 0: PVH, 1: Linux 64-bit */
extern uint64_t boot_information;
static inline uint64_t boot_protocol_used(void) { return boot_protocol; }
static inline uint64_t boot_information_address(void) { return boot_information; }
/* A copy of the command line, ended by NUL; made before any memory is handed out. */
#define BOOT_COMMAND_LINE_SIZE 2048
SYMBOL_ADDRESS(boot_command_line)
/* The page below the boot stack: free once the kernel's own tables are active. */
SYMBOL_ADDRESS(boot_page_directory)

/* ---- Limits of the image (guest.ld) ---- */
SYMBOL_ADDRESS(image_start)
SYMBOL_ADDRESS(text_end)
SYMBOL_ADDRESS(rodata_end)
SYMBOL_ADDRESS(image_end)

/* ---- Ports ---- */
static inline void port_write8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void port_write32(uint16_t port, uint32_t value) {
  __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}
static inline uint8_t port_read8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline void port_write_bytes(uint16_t port, const void *bytes, uint64_t length) {
  __asm__ volatile("rep outsb" : "+S"(bytes), "+c"(length) : "d"(port) : "memory");
}

/* ---- Memory that devices share: never cached in a register, never torn ---- */
static inline uint8_t volatile_read8(uint64_t address) { return *(volatile uint8_t *)address; }
static inline uint16_t volatile_read16(uint64_t address) { return *(volatile uint16_t *)address; }
static inline uint32_t volatile_read32(uint64_t address) { return *(volatile uint32_t *)address; }
static inline uint64_t volatile_read64(uint64_t address) { return *(volatile uint64_t *)address; }
static inline void volatile_write8(uint64_t address, uint8_t value) { *(volatile uint8_t *)address = value; }
static inline void volatile_write16(uint64_t address, uint16_t value) { *(volatile uint16_t *)address = value; }
static inline void volatile_write32(uint64_t address, uint32_t value) { *(volatile uint32_t *)address = value; }
static inline void volatile_write64(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }
static inline void memory_fence(void) { __asm__ volatile("lock; addl $0, (%%rsp)" ::: "memory", "cc"); }

/* ---- Control registers, MSRs, CPUID, TSC ---- */
static inline uint64_t read_cr0(void) {
  uint64_t value;
  __asm__ volatile("movq %%cr0, %0" : "=r"(value));
  return value;
}
static inline uint64_t read_cr2(void) {
  uint64_t value;
  __asm__ volatile("movq %%cr2, %0" : "=r"(value));
  return value;
}
static inline uint64_t read_cr4(void) {
  uint64_t value;
  __asm__ volatile("movq %%cr4, %0" : "=r"(value));
  return value;
}
static inline void write_cr0(uint64_t value) { __asm__ volatile("movq %0, %%cr0" ::"r"(value) : "memory"); }
static inline void write_cr3(uint64_t value) { __asm__ volatile("movq %0, %%cr3" ::"r"(value) : "memory"); }
static inline void write_cr4(uint64_t value) { __asm__ volatile("movq %0, %%cr4" ::"r"(value) : "memory"); }
static inline void invalidate_page(uint64_t address) { __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory"); }
static inline uint64_t read_msr(uint32_t index) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
  return (uint64_t)high << 32 | low;
}
static inline void write_msr(uint32_t index, uint64_t value) {
  __asm__ volatile("wrmsr" ::"c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}
/* RDPMC, which CR4.PCE gives to CPL 3 as well (SDM vol. 2, RDPMC). */
static inline uint64_t read_counter(uint32_t number) {
  uint32_t low, high;
  __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(number));
  return (uint64_t)high << 32 | low;
}
static inline uint64_t read_time_stamp(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}
struct cpuid {
  uint32_t eax, ebx, ecx, edx;
};
static inline struct cpuid read_cpuid(uint32_t leaf, uint32_t subleaf) {
  struct cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
  return r;
}

/* The frame pointer: the image is compiled with -fno-omit-frame-pointer. */
static inline __attribute__((always_inline)) void *current_frame(void) { return __builtin_frame_address(0); }

static inline void spin_hint(void) { __asm__ volatile("pause" ::: "memory"); }

/* value * factor / divisor with 128 bits in between; UINT64_MAX if the quotient needs more than 64. */
static inline uint64_t multiply_divide(uint64_t value, uint64_t factor, uint64_t divisor) {
  uint64_t low, high;
  __asm__("mulq %2" : "=a"(low), "=d"(high) : "r"(factor), "a"(value) : "cc");
  if (high >= divisor) return UINT64_MAX;
  __asm__("divq %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
  return low;
}

/* ---- Debug registers ---- */
static inline uint64_t read_dr6(void) {
  uint64_t value;
  __asm__ volatile("movq %%dr6, %0" : "=r"(value));
  return value;
}
static inline void write_dr6(uint64_t value) { __asm__ volatile("movq %0, %%dr6" ::"r"(value)); }
static inline void write_dr7(uint64_t value) { __asm__ volatile("movq %0, %%dr7" ::"r"(value)); }

/* ---- Interrupts ---- */
static inline void disable_interrupts(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void enable_interrupts(void) { __asm__ volatile("sti" ::: "memory"); }
/* STI holds interrupts off for one more instruction: none can slip in before HLT (SDM vol. 2, STI). */
static inline void enable_interrupts_and_halt(void) { __asm__ volatile("sti; hlt; cli" ::: "memory"); }
static inline __attribute__((noreturn)) void halt_for_ever(void) {
  for (;;) __asm__ volatile("cli; hlt");
}
static inline void load_interrupt_table(const void *pointer) { __asm__ volatile("lidt (%0)" ::"r"(pointer) : "memory"); }
static inline void load_descriptor_table(const void *pointer) { __asm__ volatile("lgdt (%0)" ::"r"(pointer) : "memory"); }
static inline void load_task_register(uint16_t selector) { __asm__ volatile("ltr %0" ::"r"(selector) : "memory"); }

/* What interrupts.S leaves on the handler's stack. */
struct interrupt_frame {
  uint64_t pkru; /* of the interrupted code; 0 without protection keys */
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
  uint64_t vector;
  /* NO_ERROR_CODE where the exception has one and none was pushed: INT n raised the vector. 0 for exceptions without
   * one, of no meaning for interrupts. */
  uint64_t error_code;
  uint64_t rip, cs, rflags, rsp, ss;
};
#define NO_ERROR_CODE (~0ull)
/* The stubs: 16 bytes each for the exceptions (0-31), 8 bytes each for the rest. */
SYMBOL_ADDRESS(exception_stubs)
SYMBOL_ADDRESS(interrupt_stubs)

/* ---- What extensions are linked against (exports.S) ---- */
struct kernel_export {
  const uint8_t *name; /* ended by NUL; a null pointer behind the last one */
  uint64_t address;
};
extern const struct kernel_export kernel_exports[];
static inline struct kernel_export kernel_export_at(uint64_t index) { return kernel_exports[index]; }

/* ---- Threads and the overlay's gates (switch.S, gates.S) ---- */
void switch_threads(uint64_t *save_stack_pointer, uint64_t stack_pointer);
SYMBOL_ADDRESS(thread_start)

/* The kernel's table of its own symbols; see Scripts/build-guest. */
SYMBOL_ADDRESS(symbol_table)

/* 1 once CR4.PKE is set: the code of interrupts.S and gates.S then saves and changes PKRU. */
extern uint8_t protection_keys_active;
static inline void set_protection_keys_active(void) { protection_keys_active = 1; }

/* ---- Only in the image with the design mpk-hardened (hardened.S) ---- */
/* The interrupt stack table's stacks by number from 1 on, and beside each the stack that its handlers run on. */
extern uint64_t handler_stack_tops[4], trusted_stack_tops[4];
static inline void set_handler_stacks(uint64_t number, uint64_t processors, uint64_t trusted) {
  handler_stack_tops[number - 1] = processors;
  trusted_stack_tops[number - 1] = trusted;
}
/* What only the boot does: in pages that are unmapped afterwards (boot.S). */
SYMBOL_ADDRESS(boot_text)
SYMBOL_ADDRESS(gates_end)
void once_write_cr3(uint64_t value);
void once_write_cr4(uint64_t value);
void once_write_msr(uint32_t index, uint64_t value);
uint64_t once_read_msr(uint32_t index);
void once_load_global(const void *pointer);
void once_load_interrupts(const void *pointer);
void once_load_task(uint16_t selector);
/* WRMSR for performance counters: in a page of its own that is mapped only meanwhile. */
SYMBOL_ADDRESS(counter_text)
void counter_write_msr(uint32_t index, uint64_t value);
/* PKRU of the extension that was entered last. */
extern uint32_t overlay_rights;
static inline uint32_t overlay_rights_now(void) { return overlay_rights; }
/* What an extension returns to, and what its gates make of an address to go on at: they keep the bits of the mask and set those of the
 * base. */
extern uint64_t overlay_return_place, overlay_return_mask, overlay_return_base;
static inline void set_overlay_returns(uint64_t place, uint64_t mask, uint64_t base) {
  overlay_return_place = place;
  overlay_return_mask = mask;
  overlay_return_base = base;
}
SYMBOL_ADDRESS(overlay_returned)
/* The stubs of services. */
SYMBOL_ADDRESS(services)
SYMBOL_ADDRESS(services_end)
SYMBOL_ADDRESS(published_page)
SYMBOL_ADDRESS(application_data_start)
SYMBOL_ADDRESS(application_data_end)
/* The application's counter, which is Applications/count.c's. */
static inline uint64_t application_count_address(void) {
  uint64_t address;
  __asm__("leaq count(%%rip), %0" : "=r"(address));
  return address;
}

/* ---- Only in the image with the design ring3 (ring3.S) ---- */
/* What IA32_LSTAR holds: where SYSCALL leads. */
SYMBOL_ADDRESS(system_entry)
/* The same for INT3, where there is no SYSCALL. */
SYMBOL_ADDRESS(system_interrupt)
extern uint8_t has_system_calls;
static inline void set_has_system_calls(uint8_t has) { has_system_calls = has; }
/* The places of the instructions that call the unikernel, ended by 0. */
extern const uint64_t system_calls[];
static inline uint64_t system_call_at(uint64_t index) { return system_calls[index]; }
/* The page of stubs that extensions execute at CPL 3. */
SYMBOL_ADDRESS(user_text_start)
SYMBOL_ADDRESS(user_text_end)
/* Of the extension that has called a service: where it goes on, its stack and its frame. */
extern uint64_t overlay_instruction, overlay_stack_pointer, overlay_frame_pointer;
static inline uint64_t overlay_instruction_now(void) { return overlay_instruction; }
static inline uint64_t overlay_stack_pointer_now(void) { return overlay_stack_pointer; }
static inline uint64_t overlay_frame_pointer_now(void) { return overlay_frame_pointer; }
static inline void publish_ticks(uint64_t ticks) { *(volatile uint64_t *)published_page_address() = ticks; }
/* EFLAGS.AC, by which code at CPL 0 reaches user pages under CR4.SMAP (SDM vol. 3, 4.6.1). By POPF: there are hypervisors that announce
 * SMAP and do not know STAC and CLAC. */
static inline void set_alignment_check(void) {
  __asm__ volatile("pushfq; orl $0x40000, (%%rsp); popfq" ::: "memory", "cc");
}
static inline void clear_alignment_check(void) {
  __asm__ volatile("pushfq; andl $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
}

/* ---- The overlay: only in images that have one ---- */

/* Calls main of an extension on the overlay's stack with the overlay's PKRU; comes back by its return, or by
 * overlay_abort, to which the containment redirects an interrupt frame. */
int64_t overlay_enter(uint64_t entry, int64_t argc, uint64_t argv, uint64_t stack_top, uint32_t pkru);
SYMBOL_ADDRESS(overlay_abort)
/* Host functions run on a stack of their own: an extension that has used up its stack must not take them with it. */
extern uint64_t host_stack_top;
static inline void set_host_stack_top(uint64_t top) { host_stack_top = top; }
extern volatile uint32_t host_call_depth;
static inline uint32_t host_call_depth_now(void) { return host_call_depth; }
/* Set by the timer when the budget is spent inside a host function; the gate then raises OVERLAY_BUDGET_VECTOR. */
extern volatile uint8_t overlay_abort_pending;
static inline void set_overlay_abort_pending(uint8_t pending) { overlay_abort_pending = pending; }
static inline uint8_t is_overlay_abort_pending(void) { return overlay_abort_pending; }
static inline void leave_host_function(void) {
  host_call_depth = 0;
  overlay_abort_pending = 0;
}
#define OVERLAY_BUDGET_VECTOR 0x81
SYMBOL_ADDRESS(ushell_test_pages)
/* For a program that runs in between: what the gates hold of the one that it interrupts. */
struct overlay_state {
  uint64_t return_stack, host_stack_top;
  uint32_t host_call_depth;
  uint8_t abort_pending;
};
extern uint64_t overlay_return_stack;
static inline struct overlay_state save_overlay_state(void) {
  struct overlay_state state = {overlay_return_stack, host_stack_top, host_call_depth, overlay_abort_pending};
  return state;
}
static inline void restore_overlay_state(struct overlay_state state) {
  overlay_return_stack = state.return_stack;
  host_stack_top = state.host_stack_top;
  host_call_depth = state.host_call_depth;
  overlay_abort_pending = state.abort_pending;
}

/* ---- Traced functions (probes.S, probes.c) ---- */
#define PROBE_SITES_MAX 64
struct probe_site {
  uint64_t function;     /* address; 0 in a free entry */
  uint64_t resume;       /* where the function goes on: behind the call, or the moved first instruction */
  uint64_t is_breakpoint;
};
extern struct probe_site probe_sites[PROBE_SITES_MAX];
static inline struct probe_site *probe_site_at(uint64_t index) { return &probe_sites[index]; }
SYMBOL_ADDRESS(probe_trampoline)
/* The end of the code that must not be traced, which begins with the image. */
SYMBOL_ADDRESS(noprobe_end)
/* A page for instructions that breakpoints took the place of. */
SYMBOL_ADDRESS(moved_code)
extern volatile uint8_t probe_active;
static inline void set_probe_active(uint8_t active) { probe_active = active; }
static inline uint8_t is_probe_active(void) { return probe_active; }
extern volatile uint64_t probe_missed;
static inline uint64_t probe_missed_now(void) { return probe_missed; }
extern uint64_t probe_stack_top;
static inline void set_probe_stack_top(uint64_t top) { probe_stack_top = top; }

/* What the trampoline leaves on the stack of the traced function. */
struct probe_frame {
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax, rflags;
  uint64_t resume, return_address;
};

/* A helper call of a program, on the overlay's side of the gate. */
struct bpf_helper_call {
  uint64_t first, second;
  uint64_t result;
  int32_t number;
  uint32_t fault; /* 0: none; otherwise the error's number and 1 */
};
/* How a run ended. */
struct bpf_outcome {
  uint64_t kind, slot, number, detail;
};
void bpf_helper(struct bpf_helper_call *call);

static inline uint64_t save_and_disable_interrupts(void) {
  uint64_t flags;
  __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
  return flags;
}
static inline void restore_interrupts(uint64_t flags) {
  if (flags & 0x200) __asm__ volatile("sti" ::: "memory");
}

#endif
