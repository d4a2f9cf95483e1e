/* For assembly. The general registers but RSP, on the stack in the order in which struct interrupt_frame and struct
 * probe_frame (GuestBoot.h) have them, the last pushed first.
 */
.macro PUSH_GENERAL_REGISTERS
  pushq %rax
  pushq %rcx
  pushq %rdx
  pushq %rbx
  pushq %rbp
  pushq %rsi
  pushq %rdi
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
.endm

.macro POP_GENERAL_REGISTERS
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %r11
  popq %r10
  popq %r9
  popq %r8
  popq %rdi
  popq %rsi
  popq %rbp
  popq %rbx
  popq %rdx
  popq %rcx
  popq %rax
.endm

/* Those that a called function keeps for its caller (System V ABI, 3.2.1), but RBP, which makes a frame. */
.macro PUSH_KEPT_REGISTERS
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
.endm

.macro POP_KEPT_REGISTERS
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
.endm
