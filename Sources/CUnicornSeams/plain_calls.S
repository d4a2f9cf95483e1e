/* SSE instructions that need neither MXCSR nor a check: moves of lanes, integers.
 *
 * void call(void *destination, uint64_t low, uint64_t high), with the operands as in native_calls.S.
 */
  .text
  .intel_syntax noprefix

  .macro plain code:vararg
  .p2align 5
  movq xmm0, qword ptr [rdi]
  movhps xmm0, qword ptr [rdi + 8]
  movq xmm1, rsi
  movq xmm2, rdx
  punpcklqdq xmm1, xmm2
  .byte \code
  movups [rdi], xmm0
  ret
  .endm

/* UNPCKL and UNPCKH; with 66, 0F 60 to 0F FF and 0F 38 00 to 0F 38 41. */
  .macro opcode_calls name:req, first:req, count:req, lead:vararg
  .globl \name
  .p2align 5
\name:
  .set opcode, \first
  .rept \count
  plain \lead, opcode, 0xc1
  .set opcode, opcode + 1
  .endr
  .endm
  opcode_calls seams_plain_14_none, 0x14, 2, 0x0f
  opcode_calls seams_plain_14_66, 0x14, 2, 0x66, 0x0f
  opcode_calls seams_plain_66, 0x60, 0xa0, 0x66, 0x0f
  opcode_calls seams_plain_38, 0, 0x42, 0x66, 0x0f, 0x38

/* Those with an immediate, each value of it: PSHUFD PSHUFHW PSHUFLW, SHUFPS SHUFPD, PALIGNR. */
  .macro immediate_calls name:req, code:vararg
  .globl \name
  .p2align 5
\name:
  .set number, 0
  .rept 256
  plain \code, 0xc1, number
  .set number, number + 1
  .endr
  .endm
  immediate_calls seams_plain_70_66, 0x66, 0x0f, 0x70
  immediate_calls seams_plain_70_f3, 0xf3, 0x0f, 0x70
  immediate_calls seams_plain_70_f2, 0xf2, 0x0f, 0x70
  immediate_calls seams_plain_c6_none, 0x0f, 0xc6
  immediate_calls seams_plain_c6_66, 0x66, 0x0f, 0xc6
  immediate_calls seams_plain_palignr, 0x66, 0x0f, 0x3a, 0x0f

  .section .note.GNU-stack, "", @progbits
