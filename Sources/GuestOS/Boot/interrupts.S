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

/* The vector is pushed as a signed byte, less 128, to keep the stubs short. */
  .p2align 4
exception_stubs:
vector = 0
  .rept 32
  .p2align 4
  .if !((vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30))
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
  xorl %eax, %eax
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  movl %eax, %ebx
  xorl %eax, %eax
  wrpkru
  movl %ebx, %eax
1:
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
  popq %rax
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  xorl %edx, %edx
  wrpkru
1:
#endif
  POP_GENERAL_REGISTERS
  addq $16, %rsp
  iretq
