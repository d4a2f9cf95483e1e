/* One stub for each vector, one way in and out for all of them.
 *
 * The CPU changes no PKRU on an interrupt (SDM vol. 3, 4.6.2): the handler saves the one it finds, takes all rights, and
 * gives it back on return. The containment may change the saved one together with the return address.
 */
#include "gatetable.h"
#include "registers.h"

  RECORD RECORD_TEXT, text_start, text_end
  RECORD RECORD_INTERRUPTS, interrupts_start, interrupts_end
  RECORD RECORD_GATES, gates_start, gates_end
  RECORD RECORD_HANDLER_CALL, interrupt_dispatch

  .section .text.interrupts, "ax", @progbits
  .globl exception_stubs, interrupt_stubs

/* Sets CF to CR4.PKE; RAX is lost. The register and no variable: under the PKRU that was interrupted the handler may
 * be unable to read the unikernel's memory, and an extension may have cleared the bit. */
  .macro READ_PKE
  movq %cr4, %rax
  btl $22, %eax
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
#ifdef UIO_KEYS
  READ_PKE
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
  READ_PKE
  jnc 1f
  movl %ebx, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  wrpkru
1:
#endif
  POP_GENERAL_REGISTERS
  addq $16, %rsp
  iretq
