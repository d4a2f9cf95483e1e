/* Cooperative switching: a thread that does not run has its callee-saved registers on its own stack. */
#include "gatetable.h"

  RECORD RECORD_SWITCH, switch_threads
  .section .text.switch, "ax", @progbits
  .globl switch_threads, thread_start

/* switch_threads(&save_stack_pointer, stack_pointer) */
switch_threads:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret

/* Where a new thread begins: its body is in R12, and it never returns from it. */
thread_start:
  xorl %ebp, %ebp
  call *%r12
  ud2
