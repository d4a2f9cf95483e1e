/* One stub for each vector, one way in and out for all of them.
 *
 * The CPU changes no PKRU or IA32_PKRS on an interrupt (SDM vol. 3, 4.6.2): the handler saves the one it finds, takes all
 * rights, and gives it back on return. The containment may change the saved one together with the return address.
 */
#include "gatetable.h"
#include "registers.h"
#include "rights.h"

  RECORD RECORD_TEXT, text_start, text_end
  RECORD RECORD_INTERRUPTS, interrupts_start, interrupts_end
  RECORD RECORD_GATES, gates_start, gates_end
  RECORD RECORD_HANDLER_CALL, interrupt_dispatch

#ifdef UIO_HARDENED
/* What stubs leave on the processor's stack: 15 registers, vector, error code, RIP, CS, RFLAGS, RSP, SS. */
#define FRAME_WORDS 22
#define FRAME_RBX (11 * 8)
#define FRAME_VECTOR (15 * 8)
#define FRAME_RIP (17 * 8)
#define FRAME_RFLAGS (FRAME_RIP + 16)
#define FRAME_RSP (FRAME_RIP + 24)
/* CF, PF, AF, ZF, SF, TF, DF, OF, RF and AC. */
#define OVERLAY_FLAGS 0x50dd5
#endif

  .section .text.interrupts, "ax", @progbits
  .globl exception_stubs, interrupt_stubs

#ifdef UIO_HARDENED
/* Goes to `label` unless the interrupted RIP is from `first` on and before `end`; RCX becomes the one and RDX the other. */
  .macro SKIP_UNLESS_WITHIN first, end, label
  leaq \first(%rip), %rcx
  leaq \end(%rip), %rdx
  cmpq %rcx, FRAME_RIP(%rsp)
  jb \label
  cmpq %rdx, FRAME_RIP(%rsp)
  jae \label
  .endm
#endif

/* Sets CF to CR4.PKE, or CR4.PKS; RAX is lost. The register and no variable: under the rights that were interrupted the handler may
 * be unable to read the unikernel's memory, and an extension may have cleared the bit. */
  .macro READ_KEYS
  movq %cr4, %rax
  btl $KEYS_ENABLED, %eax
  .endm

/* The vector is pushed as a signed byte, less 128, to keep the stubs short. */
  .p2align 4
exception_stubs:
vector = 0
  .rept 32
  .p2align 4
  .if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30)
  /* The CPU pushed five words from a 16-byte boundary on, and the error code as the sixth; INT n pushes no code. */
  testb $8, %spl
  jz 1f
  pushq $-1                   /* NO_ERROR_CODE */
1:
  .else
  pushq $0
  .endif
  pushq $(vector - 128)
  jmp interrupt_common
vector = vector + 1
  .endr

  .p2align 4
interrupt_stubs:
  .rept 224
  .p2align 3
  .byte 0x6a, (vector - 128) & 0xff      /* pushq $imm8 */
  jmp interrupt_common_without_code
vector = vector + 1
  .endr

  .p2align 4
interrupt_common_without_code:
  pushq (%rsp)                /* the error code's place */
interrupt_common:
  addq $128, (%rsp)
  PUSH_GENERAL_REGISTERS
#ifdef UIO_RING3
  /* A delivery leaves AC as an extension has set it, and that lifts SMAP. */
  pushq $2
  popfq
#endif
#ifndef UIO_HARDENED
#ifdef UIO_KEYS
  READ_KEYS
  movl $0, %eax
  jnc 1f
  xorl %ecx, %ecx
  rdpkru
  movl %eax, %ebx
  xorl %eax, %eax
  wrpkru
  movl %ebx, %eax
1:
#else
  xorl %eax, %eax
#endif
  pushq %rax
  cld
  movq %rsp, %rdi
  subq $8, %rsp
#ifdef UIO_BPF
  cmpb $3, 136(%rsp)          /* the vector, of a breakpoint */
  jne 2f
  call probe_breakpoint
  RECORD RECORD_HANDLER_CALL, probe_breakpoint
  testb %al, %al
  jnz 3f
  leaq 8(%rsp), %rdi
2:
#endif
  call interrupt_dispatch
3:
  addq $8, %rsp
  popq %rbx
#ifdef UIO_KEYS
  READ_KEYS
  jnc 1f
  movl %ebx, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  wrpkru
1:
#endif
  POP_GENERAL_REGISTERS
  addq $16, %rsp
interrupt_return:
  iretq

#else
  /* Nothing is believed of who comes: the flags, the stack, the frame on it and the rights may all be an extension's. */
handler_open:
#ifdef UIO_PKS
  /* An extension may have jumped to a WRMSR, and this be what came before the check behind it. */
  movl $IA32_EFER, %ecx
  rdmsr
  cmpl $OWN_EFER, %eax
  je 2f
handler_repair:
  REPAIR_EFER
  /* Whoever jumps to this WRMSR may have a right frame on a right stack, and would go on with what it has set. */
  cmpl $IA32_EFER, %ecx
  jne register_forged
  cmpl $OWN_EFER, %eax
  jne register_forged
2:
#endif
  READ_KEYS
  jnc 2f
1:
  xorl %eax, %eax
  SELECT_RIGHTS
  WRITE_RIGHTS
  CHECK_REGISTER
  testl %eax, %eax
  jnz 1b
2:
  cld
  movq %rsp, %rbx
handler_leaves_stack:
  leaq FRAME_WORDS * 8(%rsp), %rax
  /* A delivery begins at the top of one of the processor's stacks. */
  .irp index, 0, 8, 16, 24
  movq trusted_stack_tops + \index(%rip), %rsp
  cmpq %rax, handler_stack_tops + \index(%rip)
  je 3f
  .endr
  /* Nobody was interrupted: somebody has jumped here. The domain says who; the exception ends the extension. */
  movq trusted_stack_tops + 8(%rip), %rsp
  ud2
3:
  /* Nor is it a sign of a delivery that the stack is right, so interrupts may be on, and NMIs may not be held off. */
  cmpq %rax, handler_stack_tops + 24(%rip)
  jne 4f
  cmpb $0, non_maskable_busy(%rip)
  jne handler_again
4:
  pushq $2
  popfq
  /* Extensions may write the processor's stacks. What is decided from here on is decided by the copy. */
offset = FRAME_WORDS * 8
  .rept FRAME_WORDS
offset = offset - 8
  pushq offset(%rbx)
  .endr
  /* Whose rights are given back says the domain, never the frame: 0 means the unikernel's. */
  xorl %eax, %eax
  cmpb $0, overlay_domain(%rip)
  je 4f
  leaq FRAME_WORDS * 8(%rbx), %rcx
  cmpq %rcx, handler_stack_tops + 24(%rip)
  jne 9f
  movb $1, non_maskable_busy(%rip)
9:
  movb $0, overlay_domain(%rip)
handler_opened:
  /* Vector, segments and privileged flags are not an extension's to choose: it may have written all of them. */
  andq $255, FRAME_VECTOR(%rsp)
  movq $8, FRAME_RIP + 8(%rsp)
  movq $16, FRAME_RIP + 32(%rsp)
  andq $OVERLAY_FLAGS, FRAME_RFLAGS(%rsp)
  orq $2, FRAME_RFLAGS(%rsp)
  /* An NMI may have come upon a handler that has not yet become the unikernel's, on whose stack no interrupt may begin again. */
  SKIP_UNLESS_WITHIN interrupts_start, interrupts_end, 9f
  jmp 8f
9:
  orq $0x200, FRAME_RFLAGS(%rsp)
8:
  movl overlay_rights(%rip), %eax
4:
  pushq %rax
  movq %rsp, %rdi
  subq $8, %rsp
  call interrupt_dispatch
handled:
  RECORD RECORD_CHECKED_HANDLERS, interrupt_dispatch, handled
  addq $8, %rsp
  popq %rax
  testl %eax, %eax
  jnz 5f
  /* To the unikernel, which has all rights, or to overlay_abort: from the copy. */
  POP_GENERAL_REGISTERS
  addq $16, %rsp
  iretq

5:
  /* To the overlay: a gate that had not yet become the unikernel's begins again. */
  .irp name, service, return
  SKIP_UNLESS_WITHIN \name\()_open, \name\()_opened, 6f
  movq %rcx, FRAME_RIP(%rsp)
6:
  .endr
  /* So does a handler upon which an NMI came, with the stack that it came on. */
  SKIP_UNLESS_WITHIN handler_leaves_stack, handler_opened, 6f
  movq FRAME_RBX(%rsp), %rdx
  movq %rdx, FRAME_RSP(%rsp)
6:
  SKIP_UNLESS_WITHIN handler_open, handler_opened, 6f
  movq %rcx, FRAME_RIP(%rsp)
6:
offset = 0
  .rept FRAME_WORDS
  popq offset(%rbx)
offset = offset + 8
  .endr
  movq %rbx, %rsp
  movb $0, non_maskable_busy(%rip)
  movb $1, overlay_domain(%rip)
  movl overlay_rights(%rip), %eax
  SELECT_RIGHTS
  WRITE_RIGHTS
  CHECK_REGISTER
  cmpl overlay_rights(%rip), %eax
  jne 7f
  POP_GENERAL_REGISTERS
  addq $16, %rsp
interrupt_return:
  iretq
7:
  ud2

/* An NMI came upon the handler of another one, to which an extension has jumped as no delivery does. That one has the stack that NMIs
 * are served on: what was interrupted goes on. */
handler_again:
  movq %rbx, %rsp
  POP_GENERAL_REGISTERS
  addq $16, %rsp
  iretq
#endif
