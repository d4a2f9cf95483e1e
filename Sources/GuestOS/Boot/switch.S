/* Cooperative switching: a thread that does not run has its callee-saved registers on its own stack. */
#include "gatetable.h"
#include "registers.h"

  RECORD RECORD_SWITCH, switch_threads
  .section .text.switch, "ax", @progbits
  .globl switch_threads, thread_start

/* switch_threads(&save_stack_pointer, stack_pointer) */
switch_threads:
  pushq %rbp
  PUSH_KEPT_REGISTERS
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  POP_KEPT_REGISTERS
  popq %rbp
  ret

/* Where a new thread begins: its body is in R12, and it never returns from it. */
thread_start:
  xorl %ebp, %ebp
  call *%r12
  ud2
