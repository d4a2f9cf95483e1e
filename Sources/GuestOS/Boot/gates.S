/* The ways between unikernel and overlay.
 *
 * Nothing here trusts a register that the overlay set, except as an argument; the unikernel's stack pointer is read back
 * from memory that the overlay cannot write under its PKRU.
 */
#include "gatetable.h"
#include "registers.h"

/* Designs with services have ways of their own: hardened.S, ring3.S. */
#if defined(UIO_SHELL) && !defined(UIO_SERVICES)
  .section .bss.gates, "aw", @nobits
  .p2align 3
  .globl overlay_return_stack, host_stack_top, host_call_depth, overlay_abort_pending
overlay_return_stack: .skip 8
host_stack_top: .skip 8
gate_data_end:
/* Written at each call of a host function: not watched, and a page of its own would not help. Whoever changes them crashes. */
  .bss
  .p2align 3
host_call_depth: .skip 4
overlay_abort_pending: .skip 1
  RECORD RECORD_GATE_DATA, overlay_return_stack, gate_data_end
  RECORD RECORD_APPLICATION_TEXT, application_text_start, application_text_end
  RECORD RECORD_APPLICATION_DATA, application_data_start, application_data_end

  .section .text.gates, "ax", @progbits

/* Sets PKRU to the register given; RAX, RCX and RDX are lost. */
  .macro SET_PKRU value
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 99f
  movl \value, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  wrpkru
99:
#endif
  .endm

/* overlay_enter(entry, argc, argv, stack_top, pkru) */
  .globl overlay_enter, overlay_abort
overlay_enter:
  pushq %rbp
  movq %rsp, %rbp
  PUSH_KEPT_REGISTERS
  subq $8, %rsp
  movq %rsp, overlay_return_stack(%rip)
  movq %rdi, %r10
  movq %rsi, %rdi
  movq %rdx, %rsi
  movq %rcx, %rsp
  xorl %ebp, %ebp
  SET_PKRU %r8d
  call *%r10
overlay_returned:
  RECORD RECORD_ENTER, overlay_enter, overlay_returned
  RECORD RECORD_ABORT, overlay_abort
  movq %rax, %rbx
  SET_PKRU $0
  movq %rbx, %rax
overlay_leave:
  movq overlay_return_stack(%rip), %rsp
  addq $8, %rsp
  POP_KEPT_REGISTERS
  popq %rbp
  cld
  ret

/* Reached only by the return from an interrupt, with PKRU 0 in its frame. */
overlay_abort:
  xorl %eax, %eax
  jmp overlay_leave

/* A host function: takes all rights, runs on its own stack, gives back what it found. */
  .macro GATE name
  .globl \name
  .p2align 4
\name:
  pushq %rbp
  movq %rsp, %rbp
  pushq %rbx
  pushq %r12
  cld
  movq %rdx, %r10
  movq %rcx, %r11
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  movl %eax, %r12d
  xorl %eax, %eax
  wrpkru
1:
#endif
  movq %r10, %rdx
  movq %r11, %rcx
  movq %rsp, %rbx
  incl host_call_depth(%rip)
  movq host_stack_top(%rip), %rsp
  call host_\name
4:
  RECORD RECORD_FUNCTION, \name, host_\name
  RECORD RECORD_FUNCTION_RETURN, \name, 4b
  movq %rbx, %rsp
  movq %rax, %rbx
  decl host_call_depth(%rip)
  cmpb $0, overlay_abort_pending(%rip)
  je 2f
  int $0x81
2:
  SET_PKRU %r12d
  movq %rbx, %rax
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .endm

  GATE ushell_puts
  GATE ushell_write
  GATE ushell_put_unsigned
  GATE ushell_put_signed
  GATE ushell_put_hex
  GATE ushell_sleep
#ifdef UIO_BPF
  GATE bpf_helper
#endif

/* The write window: WD of key 0, the unikernel's (PKRU bit 1). */
  .globl ushell_enable_write, ushell_disable_write, ushell_write_is_enabled
  .p2align 4
  RECORD RECORD_OPEN, ushell_enable_write
  RECORD RECORD_CLOSE, ushell_disable_write
  RECORD RECORD_QUERY, ushell_write_is_enabled
ushell_enable_write:
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  andl $~2, %eax
  wrpkru
1:
#endif
  ret

  .p2align 4
ushell_disable_write:
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  orl $2, %eax
  wrpkru
1:
#endif
  ret

  .p2align 4
ushell_write_is_enabled:
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  shrl $1, %eax
  notl %eax
  andl $1, %eax
  ret
1:
#endif
  movl $1, %eax
  ret

/* For tests of the isolation: the first page gets the overlay's key, the second keeps the unikernel's. */
  .section .bss_pages, "aw", @nobits
  .globl ushell_test_pages
  .p2align 12
ushell_test_pages: .skip 8192
#endif
