/* The ways between unikernel and overlay of the designs mpk-hardened and pks-hardened, instead of gates.S: docs/isolation-designs.md.
 *
 * An extension may jump to any byte here, with anything in its registers. So each WRPKRU, or WRMSR in its place, is followed by a check of what it
 * has set, whatever it has set holds for no access to memory before that check, and everything that decides is read from
 * memory that an extension can't write: key 0, or the published page, which an extension may read.
 */
#include "gatetable.h"
#include "registers.h"
#include "rights.h"

#ifdef UIO_HARDENED
/* What code under an extension's rights has to read: the page's key lets an extension read and not write. */
  .section .bss_pages, "aw", @nobits
  .globl published_page, protection_keys_active, overlay_rights, overlay_return_mask, overlay_return_base
  .globl ushell_test_pages
  .p2align 12
published_page:
protection_keys_active: .skip 4
overlay_rights: .skip 4
overlay_return_mask: .skip 8
overlay_return_base: .skip 8
  .skip 4072
ushell_test_pages: .skip 8192
  RECORD RECORD_GATE_DATA, published_page, published_page + 4096

  .section .bss.gates, "aw", @nobits
  .p2align 3
  .globl overlay_return_stack, overlay_return_place, host_stack_top, handler_stack_tops, trusted_stack_tops
overlay_return_stack: .skip 8
/* What an extension returns to: overlay_returned, or what leads there. */
overlay_return_place: .skip 8
host_stack_top: .skip 8
/* Of the interrupt stack table, and the stack of the same handlers that nobody else can write. */
handler_stack_tops: .skip 32
trusted_stack_tops: .skip 32
gate_data_end:
/* Written at each call of a service and by handlers: not watched. */
  .bss
  .p2align 3
  .globl host_call_depth, overlay_abort_pending, overlay_domain, non_maskable_busy
overlay_stack_pointer: .skip 8
host_call_depth: .skip 4
overlay_abort_pending: .skip 1
/* 1 while an extension's code runs, 0 while the unikernel's does: what tells whose rights a handler gives back. */
overlay_domain: .skip 1
/* 1 while an NMI's handler that came upon an extension uses the stack of those handlers. */
non_maskable_busy: .skip 1
  RECORD RECORD_GATE_DATA, overlay_return_stack, gate_data_end
  RECORD RECORD_APPLICATION_TEXT, application_text_start, application_text_end
  RECORD RECORD_APPLICATION_DATA, application_data_start, application_data_end

  .section .text.gates, "ax", @progbits
  .globl overlay_enter, overlay_returned, overlay_abort

/* Takes all rights; RAX, RCX and RDX are lost. A handler that comes in between, when rights may be all and the domain is
 * still the overlay's, begins it again (interrupts.S), so no register that is read here is changed before `opened`. */
  .macro TAKE_RIGHTS name
  .globl \name\()_open, \name\()_opened
\name\()_open:
  cmpb $0, protection_keys_active(%rip)
  je 82f
  xorl %eax, %eax
  SELECT_RIGHTS
\name\()_wrpkru:
  WRITE_RIGHTS
  CHECK_REGISTER
  testl %eax, %eax
  jnz \name\()_open
82:
  movb $0, overlay_domain(%rip)
\name\()_opened:
  RECORD RECORD_RESTART, \name\()_open, \name\()_opened
  .endm

/* Flags as the unikernel has them, whatever an extension left: DF, TF, NT and AC clear, IF set. */
  .macro SET_FLAGS
  pushq $0x202
  popfq
  .endm

/* overlay_enter(entry, argc, argv, stack_top, rights) */
overlay_enter:
  pushq %rbp
  movq %rsp, %rbp
  PUSH_KEPT_REGISTERS
  subq $8, %rsp
  movq %rsp, overlay_return_stack(%rip)
  movl %r8d, overlay_rights(%rip)
  /* The way out goes where the stack says: to the entry, and from there to overlay_returned. */
  movq overlay_return_place(%rip), %rax
  movq %rax, -8(%rcx)
  movq %rdi, -16(%rcx)
  leaq -16(%rcx), %r10
  movq %rsi, %rdi
  movq %rdx, %rsi
  xorl %r8d, %r8d
  xorl %r9d, %r9d
  xorl %r11d, %r11d
  xorl %ebx, %ebx
  xorl %ebp, %ebp
  xorl %r12d, %r12d
  xorl %r13d, %r13d
  xorl %r14d, %r14d
  xorl %r15d, %r15d
  jmp leave_to_overlay

overlay_returned:
  movq %rax, %r11
  TAKE_RIGHTS return
  movq %r11, %rax
overlay_leave:
  movq overlay_return_stack(%rip), %rsp
  SET_FLAGS
  movb $0, non_maskable_busy(%rip)
  addq $8, %rsp
  POP_KEPT_REGISTERS
  popq %rbp
  ret

/* Reached only by the return from an interrupt to the unikernel. */
overlay_abort:
  xorl %eax, %eax
  jmp overlay_leave

  RECORD RECORD_ENTER, overlay_enter, overlay_returned
  RECORD RECORD_ABORT, overlay_abort
  RECORD RECORD_WINDOW, overlay_returned, return_wrpkru

/* Services by number: RDI, RSI and RDX are arguments, of which the change of rights takes RDX. Kernel/Overlay/Services.swift has the numbers,
 * and looks at each number and argument: nobody relies on these stubs. */
  .p2align 4
  .globl services, services_end
services:
  .macro SERVICE name, number
  .globl \name
\name:
  movq %rdx, %r9
  movl $\number, %r8d
  jmp service_open
  .endm
  SERVICE ushell_puts, 1
  SERVICE ushell_write, 2
  SERVICE ushell_put_unsigned, 3
  SERVICE ushell_put_signed, 4
  SERVICE ushell_put_hex, 5
  SERVICE service_ticks, 6
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
services_end:
  TAKE_RIGHTS service
  RECORD RECORD_WINDOW, services, service_wrpkru
  movq %rsp, overlay_stack_pointer(%rip)
  incl host_call_depth(%rip)
  movq host_stack_top(%rip), %rsp
  SET_FLAGS
  movq %r9, %rdx
  movq %r8, %rcx
  call overlay_service
service_done:
  RECORD RECORD_FUNCTION, services, overlay_service
  RECORD RECORD_FUNCTION_RETURN, services, service_done
  decl host_call_depth(%rip)
  cmpb $0, overlay_abort_pending(%rip)
  je 2f
  int $0x81
2:
  /* Nothing of the unikernel's is left in a register that a call may change. */
  xorl %edi, %edi
  xorl %esi, %esi
  xorl %r8d, %r8d
  xorl %r9d, %r9d
  movq overlay_stack_pointer(%rip), %r10
  movq %rax, %r11
/* To the overlay with R10 as its stack and R11 as the result; RDI and RSI stay. Where it goes on is read with the overlay's rights
 * from the overlay's stack, so it may be anything: what the published page has of the design makes a place of it that code may have. */
leave_to_overlay:
  movb $1, overlay_domain(%rip)
leave_checked:
  cmpb $0, protection_keys_active(%rip)
  je 2f
  movl overlay_rights(%rip), %eax
  SELECT_RIGHTS
leave_wrpkru:
  WRITE_RIGHTS
  CHECK_REGISTER
  cmpl overlay_rights(%rip), %eax
  jne rights_forged
2:
  movq %r10, %rsp
  movq %r11, %rax
  popq %r11
  andq overlay_return_mask(%rip), %r11
  orq overlay_return_base(%rip), %r11
  xorl %ecx, %ecx
  xorl %edx, %edx
  xorl %r10d, %r10d
  jmp *%r11
  RECORD RECORD_CHECKED, leave_checked, leave_wrpkru

#ifdef UIO_PKS
/* Somebody came to a WRMSR with another register, or comes to this one: the exception behind ends the extension, and its handler looks at
 * EFER again. The others are given back by those who have all rights again (Kernel/Overlay/OwnMSRs.swift). */
  .globl register_forged
register_forged:
  REPAIR_EFER
register_mended:
  RECORD RECORD_CHECKED, register_forged, register_mended
#endif
/* Somebody came to a change of rights by a way of their own. The domain is the overlay's: the exception ends the extension. */
rights_forged:
  ud2
#endif
