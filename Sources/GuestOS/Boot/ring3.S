/* The ways between unikernel and overlay of the design ring3, instead of gates.S: docs/isolation-designs.md.
 *
 * Extensions run at CPL 3, and all of this is in supervisor pages but for the stubs at the end: an extension comes in by SYSCALL (by INT3
 * on a processor that has none) or by an exception, and no jump leads here. SYSCALL changes neither the stack nor a general register but RCX and R11, so everything but
 * those two is an extension's to choose, and RSP first of all.
 */
#include "gatetable.h"
#include "registers.h"

#ifdef UIO_RING3
/* Page-aligned: the first quadword is what extensions read of it, by the alias that Kernel/Overlay/UserPages maps read-only for them. */
#define PUBLISHED_FOR_USERS 0x200001000
/* What executes at CPL 3: the overlay's window (OverlayMemory), and the page of stubs. */
#define OVERLAY_BASE 0x80000000
#define OVERLAY_BYTES_MAX 0x1000000
/* Services run with interrupts on. Bit 1 is always set. */
#define RUNNING_FLAGS 0x202
/* The number of no service: the extension's function returns. */
#define RETURN_NUMBER 0
/* Selectors of the extensions' segments, as SYSRET makes them too: Kernel/Descriptors.swift. */
#define USER_DATA 0x2b
#define USER_CODE 0x33

  .section .bss_pages, "aw", @nobits
  .globl published_page, ushell_test_pages
  .p2align 12
published_page: .skip 4096
ushell_test_pages: .skip 8192

  .section .bss.gates, "aw", @nobits
  .p2align 3
  .globl overlay_return_stack, host_stack_top, has_system_calls
overlay_return_stack: .skip 8
host_stack_top: .skip 8
/* 1 where extensions come by SYSCALL and go by SYSRET, 0 where by INT3 and IRETQ. */
has_system_calls: .skip 1
  .p2align 3
gate_data_end:
/* Written at each call of a service: not watched. */
  .bss
  .p2align 3
  .globl host_call_depth, overlay_abort_pending
  .globl overlay_stack_pointer, overlay_frame_pointer, overlay_instruction, overlay_flags
/* Of the extension that has called a service: RSP, RBP, where it goes on, and RFLAGS. */
overlay_stack_pointer: .skip 8
overlay_frame_pointer: .skip 8
overlay_instruction: .skip 8
overlay_flags: .skip 8
host_call_depth: .skip 4
overlay_abort_pending: .skip 1
  RECORD RECORD_GATE_DATA, overlay_return_stack, gate_data_end
  RECORD RECORD_APPLICATION_TEXT, application_text_start, application_text_end
  RECORD RECORD_APPLICATION_DATA, application_data_start, application_data_end

  .section .text.gates, "ax", @progbits
  .globl overlay_enter, overlay_abort, system_interrupt, system_entry

/* overlay_enter(entry, argc, argv, stack_top, PKRU, which there is none of) */
overlay_enter:
  pushq %rbp
  movq %rsp, %rbp
  PUSH_KEPT_REGISTERS
  subq $8, %rsp
  cli
  movq %rsp, overlay_return_stack(%rip)
  movq %rcx, overlay_stack_pointer(%rip)
  /* user_start calls what is in RAX. */
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rdx, %rsi
  movl $user_start, %ecx
  movl $RUNNING_FLAGS, %r11d
  xorl %ebx, %ebx
  xorl %ebp, %ebp
  xorl %r12d, %r12d
  xorl %r13d, %r13d
  xorl %r14d, %r14d
  xorl %r15d, %r15d
  jmp leave_to_overlay

/* Of the one gate with DPL 3, vector 3: makes of an interrupt's frame what SYSCALL leaves. Its delivery has left DF and AC alone. */
system_interrupt:
  pushq $2
  popfq
  popq %rcx
  addq $8, %rsp
  popq %r11
  popq %rsp
/* IA32_LSTAR. IA32_FMASK has cleared IF, TF, DF, NT and AC: nothing but an NMI comes before there is a stack, and that has one of its own. */
system_entry:
  movq %rsp, overlay_stack_pointer(%rip)
  movq host_stack_top(%rip), %rsp
  testq %rax, %rax
  jz overlay_returned
  movq %rcx, overlay_instruction(%rip)
  movq %r11, overlay_flags(%rip)
  movq %rbp, overlay_frame_pointer(%rip)
  xorl %ebp, %ebp
  incl host_call_depth(%rip)
  /* RDI, RSI and RDX are arguments. */
  movq %rax, %rcx
  sti
  call overlay_service
service_done:
  RECORD RECORD_FUNCTION, system_interrupt, overlay_service
  RECORD RECORD_FUNCTION_RETURN, system_interrupt, service_done
  RECORD RECORD_WINDOW, system_interrupt, system_entry
  RECORD RECORD_INTERRUPT_GATE, system_interrupt
  cli
  decl host_call_depth(%rip)
  cmpb $0, overlay_abort_pending(%rip)
  je 2f
  int $0x81
2:
  movq overlay_frame_pointer(%rip), %rbp
  movq overlay_instruction(%rip), %rcx
  movq overlay_flags(%rip), %r11
  /* Registers that a call keeps are the extension's own; in those that it may change nothing of the unikernel's is left. */
  xorl %edi, %edi
  xorl %esi, %esi
/* To the overlay: to RCX with the flags in R11, interrupts being off; RAX, RDI and RSI stay.
 *
 * A processor of Intel's that finds RCX not canonical raises #GP at CPL 0, on the stack that RSP is by then: the extension's
 * (SDM vol. 2B, SYSRET). So RCX is looked at, although SYSCALL itself has made it and it was kept out of reach since. */
leave_to_overlay:
  movq %rcx, %rdx
  subq $user_text_start, %rdx
  cmpq $4096, %rdx
  jb 3f
  movl $OVERLAY_BASE, %r8d
  movq %rcx, %rdx
  subq %r8, %rdx
  cmpq $OVERLAY_BYTES_MAX, %rdx
  jae return_forged
3:
  xorl %edx, %edx
  xorl %r8d, %r8d
  xorl %r9d, %r9d
  xorl %r10d, %r10d
  cmpb $0, has_system_calls(%rip)
  je 4f
  movq overlay_stack_pointer(%rip), %rsp
leave_sysret:
  sysretq
4:
  pushq $USER_DATA
  pushq overlay_stack_pointer(%rip)
  pushq %r11
  pushq $USER_CODE
  pushq %rcx
  iretq

/* The extension ends for it, as for an argument that is not its to name. */
return_forged:
  movq %rcx, %rdi
  call overlay_refuse_return
  int $0x81
  ud2

overlay_returned:
  movq %rdi, %rax
overlay_leave:
  movq overlay_return_stack(%rip), %rsp
  pushq $RUNNING_FLAGS
  popfq
  addq $8, %rsp
  POP_KEPT_REGISTERS
  popq %rbp
  ret

/* Reached only by the return from an interrupt. */
overlay_abort:
  xorl %eax, %eax
  jmp overlay_leave

  RECORD RECORD_ENTER, overlay_enter, overlay_returned
  RECORD RECORD_ABORT, overlay_abort

/* ---- At CPL 3, on a page of its own ---- */

/* The unikernel puts another instruction in the place of each where there is no SYSCALL (Kernel/Overlay/UserPages.swift). */
  .macro SYSTEM_CALL
91:
  syscall
  .pushsection .rodata.system_calls, "a", @progbits
  .quad 91b
  .popsection
  .endm

  .section .rodata.system_calls, "a", @progbits
  .p2align 3
  .globl system_calls
system_calls:

  .section .text.user, "ax", @progbits
  .globl user_start
user_start:
  call *%rax
  movq %rax, %rdi
  movl $RETURN_NUMBER, %eax
  SYSTEM_CALL
  ud2

/* Services by number: RDI, RSI and RDX are arguments. Kernel/Overlay/Services.swift has the numbers, and looks at each number and
 * argument: nobody relies on these stubs. */
  .macro SERVICE name, number
  .globl \name
\name:
  movl $\number, %eax
  SYSTEM_CALL
  ret
  .endm
  SERVICE ushell_puts, 1
  SERVICE ushell_write, 2
  SERVICE ushell_put_unsigned, 3
  SERVICE ushell_put_signed, 4
  SERVICE ushell_put_hex, 5
  SERVICE ushell_get, 7
  SERVICE ushell_set, 8
  SERVICE service_get_count, 9
  SERVICE service_set_count, 10
  SERVICE service_get_served, 11
  SERVICE service_get_payload_bytes, 12
  SERVICE service_set_payload_bytes, 13
  SERVICE ushell_sleep, 14
  SERVICE ushell_start_counter, 15
  SERVICE ushell_read_counter, 16
  SERVICE ushell_stop_counter, 17

/* What is published needs no service. */
  .globl service_ticks
service_ticks:
  movabsq $PUBLISHED_FOR_USERS, %rax
  movq (%rax), %rax
  ret

  .section .rodata.system_calls, "a", @progbits
  .quad 0
#endif
