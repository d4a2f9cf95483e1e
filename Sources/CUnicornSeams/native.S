/* Floating-point instructions that the host executes on the guest's operands.
 *
 * Each table holds one instruction in each slot of 16 bytes, with operands that are always the same; seams_native_vector and
 * seams_native_x87 load these, call a slot, and store what came of it. Results and flags of the instructions that forms_vector.c
 * and forms_x87.c name are defined by IEEE 754 and the manual to the last bit, so every x86-64 host gives the same.
 */
  .text
  .intel_syntax noprefix

/* void seams_native_vector(vector_frame *frame, const void *slot)
 * frame: destination (0, 16 bytes), source (16), general register (32), MXCSR (40), RFLAGS after (44), MMX source
 * (48) and destination (56). Slots use xmm0 or mm0 or rax as destination and xmm1 or mm1 or rcx as source. */
  .globl seams_native_vector
  .type seams_native_vector, @function
seams_native_vector:
  push rbx
  sub rsp, 16
  mov rbx, rdi
  stmxcsr [rsp]
  movdqu xmm0, [rdi]
  movdqu xmm1, [rdi + 16]
  mov rcx, [rdi + 32]
  xor eax, eax
  ldmxcsr [rdi + 40]
  call rsi
  stmxcsr [rbx + 40]
  pushfq
  pop rcx
  mov [rbx + 44], ecx
  movdqu [rbx], xmm0
  mov [rbx + 32], rax
  ldmxcsr [rsp]
  add rsp, 16
  pop rbx
  ret

/* void seams_vector_step(void *destination, const void *source, const void *slot), with MXCSR as it is */
  .globl seams_vector_step
  .type seams_vector_step, @function
seams_vector_step:
  movdqu xmm0, [rdi]
  movdqu xmm1, [rsi]
  call rdx
  movdqu [rdi], xmm0
  ret

/* uint16_t seams_x87_step(const void *slot, void *memory), with the x87 unit as it is */
  .globl seams_x87_step
  .type seams_x87_step, @function
seams_x87_step:
  mov rax, rsi
  call rdi
  fnstsw ax
  movzx eax, ax
  ret

/* The same for slots with MMX registers. */
  .globl seams_native_vector_mmx
  .type seams_native_vector_mmx, @function
seams_native_vector_mmx:
  push rbx
  sub rsp, 16
  mov rbx, rdi
  stmxcsr [rsp]
  movdqu xmm0, [rdi]
  movdqu xmm1, [rdi + 16]
  movq mm0, [rdi + 56]
  movq mm1, [rdi + 48]
  ldmxcsr [rdi + 40]
  call rsi
  stmxcsr [rbx + 40]
  movdqu [rbx], xmm0
  movq [rbx + 56], mm0
  emms
  ldmxcsr [rsp]
  add rsp, 16
  pop rbx
  ret

/* uint64_t seams_native_x87(void *image, const void *slot, void *memory, uint64_t flags)
 * image: 512 bytes as FXSAVE64 writes them, before and after. Returns RFLAGS. Slots with memory use [rax]. */
  .globl seams_native_x87
  .type seams_native_x87, @function
seams_native_x87:
  push rbx
  sub rsp, 16
  mov rbx, rdi
  stmxcsr [rsp]
  fxrstor64 [rdi]
  mov rax, rdx
  push rcx
  popfq
  call rsi
  pushfq
  pop rax
  fxsave64 [rbx]
  fninit
  cld
  ldmxcsr [rsp]
  add rsp, 16
  pop rbx
  ret

  .macro vector_slots name:req, lead:vararg
  .globl \name
  .p2align 4
\name:
  .set opcode, 0
  .rept 256
  .ifnb \lead
  .byte \lead
  .endif
  .byte 0x0f, opcode, 0xc1
  ret
  .p2align 4
  .set opcode, opcode + 1
  .endr
  .endm

/* Two-byte opcodes with xmm0, xmm1, by prefix, and with REX.W. */
  vector_slots seams_slots_none
  vector_slots seams_slots_66, 0x66
  vector_slots seams_slots_f3, 0xf3
  vector_slots seams_slots_f2, 0xf2
  vector_slots seams_slots_f3_wide, 0xf3, 0x48
  vector_slots seams_slots_f2_wide, 0xf2, 0x48

/* 0F 38 opcodes 00 to 1F, with 66 and xmm0, xmm1, and with mm0, mm1. */
  .macro slots38 name:req, lead:vararg
  .globl \name
  .p2align 4
\name:
  .set opcode, 0
  .rept 32
  .ifnb \lead
  .byte \lead
  .endif
  .byte 0x0f, 0x38, opcode, 0xc1
  ret
  .p2align 4
  .set opcode, opcode + 1
  .endr
  .endm
  slots38 seams_slots_38_66, 0x66
  slots38 seams_slots_38_none

/* 0F C2 with each of 8 predicates, by prefix. */
  .macro compare_slots name:req, lead:vararg
  .globl \name
  .p2align 4
\name:
  .set predicate, 0
  .rept 8
  .ifnb \lead
  .byte \lead
  .endif
  .byte 0x0f, 0xc2, 0xc1, predicate
  ret
  .p2align 4
  .set predicate, predicate + 1
  .endr
  .endm
  compare_slots seams_compare_none
  compare_slots seams_compare_66, 0x66
  compare_slots seams_compare_f3, 0xf3
  compare_slots seams_compare_f2, 0xf2

/* 66 0F 3A opcodes with each immediate: ROUND 08 to 0B (16 each), DPPS 40, DPPD 41 (256 each). */
  .macro immediate_slots name:req, opcode:req, count:req
  .globl \name
  .p2align 4
\name:
  .set number, 0
  .rept \count
  .byte 0x66, 0x0f, 0x3a, \opcode, 0xc1, number
  ret
  .p2align 4
  .set number, number + 1
  .endr
  .endm
  immediate_slots seams_round_08, 0x08, 16
  immediate_slots seams_round_09, 0x09, 16
  immediate_slots seams_round_0a, 0x0a, 16
  immediate_slots seams_round_0b, 0x0b, 16
  immediate_slots seams_dot_40, 0x40, 256
  immediate_slots seams_dot_41, 0x41, 256

/* D8 to DF: with each register form of ModRM, and with memory at [rax] by ModRM.reg. */
  .globl seams_x87_register_slots, seams_x87_memory_slots
  .p2align 4
seams_x87_register_slots:
  .set opcode, 0xd8
  .rept 8
  .set number, 0xc0
  .rept 64
  .byte opcode, number
  ret
  .p2align 4
  .set number, number + 1
  .endr
  .set opcode, opcode + 1
  .endr
seams_x87_memory_slots:
  .set opcode, 0xd8
  .rept 8
  .set number, 0
  .rept 8
  .byte opcode, number << 3
  ret
  .p2align 4
  .set number, number + 1
  .endr
  .set opcode, opcode + 1
  .endr

  .section .note.GNU-stack, "", @progbits
