// The part of KVM that Swift cannot say: ioctl numbers are macros, and the run structure is a union of unions.
//
// One virtual machine with one processor, without an interrupt chip in the kernel: the simulator's own APICs are used.
// Functions that can fail return 0 or a negative errno.
#ifndef CKVM_H
#define CKVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ckvm_cpu ckvm_cpu;

// What KVM on this host can do.
typedef struct {
  int32_t version;      // of the API, or a negative errno of opening the device
  bool single_step, hardware_breakpoints, user_msrs;
  bool protection_keys, xsave;  // announced by KVM_GET_SUPPORTED_CPUID
} ckvm_abilities;
ckvm_abilities ckvm_probe(void);

// One answer of CPUID.
typedef struct {
  uint32_t leaf, subleaf;
  bool has_subleaves;
  uint32_t eax, ebx, ecx, edx;
} ckvm_cpuid_leaf;
// What the host offers; returns the number of leaves, at most `capacity`.
int ckvm_supported_cpuid(ckvm_cpuid_leaf *leaves, size_t capacity);

// RAM from physical address 0. `step` names what failed.
int ckvm_create(void *ram, uint64_t ram_bytes, ckvm_cpu **out, const char **step);
void ckvm_destroy(ckvm_cpu *);
int ckvm_set_cpuid(ckvm_cpu *, const ckvm_cpuid_leaf *leaves, size_t count);

typedef enum {
  CKVM_INTERRUPTED,  // the timer, or stop_asked
  CKVM_PORT,
  CKVM_DEVICE,
  CKVM_HALT,
  CKVM_SHUTDOWN,
  CKVM_INTERRUPT_WINDOW,
  CKVM_DEBUG,  // a step or a breakpoint
  CKVM_READ_MSR,
  CKVM_WRITE_MSR,
  CKVM_TASK_PRIORITY,  // CR8 was lowered
  CKVM_FAILED,
} ckvm_stop;

typedef struct {
  ckvm_stop stop;
  bool is_write;
  uint32_t bytes;    // of one item: 1, 2, 4 or 8
  uint32_t count;    // items: string instructions have several
  uint64_t address;  // port, physical address or number of the MSR
  uint8_t *data;     // count * bytes; reads are answered in place
  uint8_t *refused;  // of an MSR: not 0 raises #GP
  int32_t reason;    // of a failure: negative errno, or KVM's exit reason
  uint32_t detail;
  uint64_t run_ns;   // the time of this thread's processor that this call took
  uint64_t wall_ns;  // the time that went by
} ckvm_exit;

// Runs until something happens. What the previous exit asked for is completed first; with `only_complete` nothing else
// is executed. `nanoseconds` of the monotonic clock later CKVM_INTERRUPTED comes; 0 for never.
void ckvm_run(ckvm_cpu *, bool only_complete, uint64_t nanoseconds, ckvm_exit *out);

int ckvm_inject(ckvm_cpu *, uint8_t vector);
// KVM keeps it while another one is being handled.
int ckvm_inject_nmi(ckvm_cpu *);
void ckvm_want_interrupt_window(ckvm_cpu *, bool wanted);
// As of the last exit.
bool ckvm_can_take_interrupt(const ckvm_cpu *);
uint64_t ckvm_cr8(const ckvm_cpu *);
void ckvm_set_cr8(ckvm_cpu *, uint64_t value);

// Stops after each instruction, or before those at up to four addresses.
int ckvm_debug(ckvm_cpu *, bool single_step, const uint64_t *addresses, size_t count);

typedef struct {
  uint64_t base;
  uint32_t limit;
  uint16_t selector;
  uint32_t attributes;  // bits 8-23 of the descriptor's second doubleword, in place
} ckvm_segment;

// What every instruction may change.
typedef struct {
  uint64_t gpr[16];  // RAX RCX RDX RBX RSP RBP RSI RDI R8-R15
  uint64_t rip, rflags, cr0, cr2, cr3, cr4, efer;
  ckvm_segment segment[6];  // ES CS SS DS FS GS
  ckvm_segment ldt, tr;
  uint64_t gdt_base, idt_base;
  uint32_t gdt_limit, idt_limit;
} ckvm_registers;
int ckvm_get_registers(ckvm_cpu *, ckvm_registers *);
int ckvm_set_registers(ckvm_cpu *, const ckvm_registers *);

// The rest.
typedef struct {
  uint64_t dr[8];
  uint64_t msr[10];  // STAR LSTAR CSTAR FMASK KERNEL_GS_BASE TSC_AUX PAT SYSENTER_CS SYSENTER_ESP SYSENTER_EIP
  uint8_t st[8][16];  // ST(0)-ST(7)
  uint8_t xmm[16][16];
  uint16_t fcw, fsw, fop;
  uint8_t tags;  // bit n: physical register n is not empty
  uint64_t fip, fdp;
  uint32_t mxcsr, pkru;
  uint8_t shadow;  // bit 0: interrupts are held off for one instruction; bit 1: debug exceptions as well
  bool nmi_blocked;
} ckvm_extended;
int ckvm_get_extended(ckvm_cpu *, ckvm_extended *);
int ckvm_set_extended(ckvm_cpu *, const ckvm_extended *);
// Forgets exceptions and interrupts that were about to be delivered.
int ckvm_clear_events(ckvm_cpu *);

#endif
