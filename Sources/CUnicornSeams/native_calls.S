/* SSE instructions as calls that translated code makes by itself, each a function of its own, so that the processor can predict it.
 *
 * uint64_t call(void *destination, const bool *is_lent, const instruction *i, uint64_t low, uint64_t high)
 *
 * `destination` is an XMM register of the guest, `low` and `high` are the source that translated code has read, `high` only
 * where the source has 16 bytes. The guest's MXCSR must be in the host's; where `is_lent` says that it is not, forms_vector.c
 * takes over. The destination is read in parts no wider than what translated code may have just written: a wider load would wait
 * until those parts have left the store buffer. The result is that of an instruction with a general register, or the flags of a
 * comparison.
 */
  .text
  .intel_syntax noprefix

unlent:
  mov r9, [rsp]  /* the place in translated code */
  jmp seams_vector_unlent@PLT

  .macro begin_call
  .p2align 6
  cmp byte ptr [rsi], 0
  je unlent
  .endm

/* One number of the destination: `get` and `put` say of how many bytes. */
  .macro scalar get:req, put:req, code:vararg
  begin_call
  \get xmm0, [rdi]
  movq xmm1, rcx
  .byte \code
  \put [rdi], xmm0
  ret
  .endm

/* All 16 bytes of the destination. */
  .macro packed code:vararg
  begin_call
  movq xmm0, qword ptr [rdi]
  movhps xmm0, qword ptr [rdi + 8]
  movq xmm1, rcx
  movq xmm2, r8
  punpcklqdq xmm1, xmm2
  .byte \code
  movups [rdi], xmm0
  ret
  .endm

/* 0F 51 to 0F 5F by prefix, from `first` on. */
  .macro opcodes first:req, count:req, form:vararg
  .set opcode, \first
  .rept \count
  \form 0x0f, opcode, 0xc1
  .set opcode, opcode + 1
  .endr
  .endm
  .globl seams_calls_none, seams_calls_66, seams_calls_f3, seams_calls_f2
  .p2align 6
seams_calls_none:
  opcodes 0x51, 15, packed
  .p2align 6
seams_calls_66:
  opcodes 0x51, 15, packed 0x66,
  .p2align 6
seams_calls_f3:
  opcodes 0x51, 9, scalar movss, movss, 0xf3,
  scalar movss, movsd, 0xf3, 0x0f, 0x5a, 0xc1  /* CVTSS2SD */
  packed 0xf3, 0x0f, 0x5b, 0xc1                /* CVTTPS2DQ */
  opcodes 0x5c, 4, scalar movss, movss, 0xf3,
  .p2align 6
seams_calls_f2:
  opcodes 0x51, 9, scalar movsd, movsd, 0xf2,
  scalar movss, movss, 0xf2, 0x0f, 0x5a, 0xc1  /* CVTSD2SS */
  .p2align 6
  ud2                                          /* no instruction */
  opcodes 0x5c, 4, scalar movsd, movsd, 0xf2,

/* HADD, HSUB, ADDSUB and E6, with 66, F3 and F2. */
  .macro wide_calls name:req, opcode:req
  .globl \name
  .p2align 6
\name:
  packed 0x66, 0x0f, \opcode, 0xc1
  packed 0xf3, 0x0f, \opcode, 0xc1
  packed 0xf2, 0x0f, \opcode, 0xc1
  .endm
  wide_calls seams_calls_7c, 0x7c
  wide_calls seams_calls_7d, 0x7d
  wide_calls seams_calls_d0, 0xd0
  wide_calls seams_calls_e6, 0xe6

/* CMP with each of 8 predicates. */
  .macro compare_calls name:req, form:vararg
  .globl \name
  .p2align 6
\name:
  .set predicate, 0
  .rept 8
  \form, 0xc2, 0xc1, predicate
  .set predicate, predicate + 1
  .endr
  .endm
  compare_calls seams_compare_calls_none, packed 0x0f
  compare_calls seams_compare_calls_66, packed 0x66, 0x0f
  compare_calls seams_compare_calls_f3, scalar movss, movss, 0xf3, 0x0f
  compare_calls seams_compare_calls_f2, scalar movsd, movsd, 0xf2, 0x0f

/* CVTSI2SS, CVTSI2SD from ecx or rcx; the register is cleared, as it would otherwise be waited for. */
  .macro from_general put:req, code:vararg
  begin_call
  xorps xmm0, xmm0
  .byte \code
  \put [rdi], xmm0
  ret
  .endm
/* CVT(T)SS2SI, CVT(T)SD2SI to eax or rax. */
  .macro to_general code:vararg
  begin_call
  movq xmm1, rcx
  .byte \code
  ret
  .endm
/* 2A, 2C and 2D, with the second half for REX.W. */
  .macro general_calls name:req, put:req, prefix:req
  .globl \name
  .p2align 6
\name:
  from_general \put, \prefix, 0x0f, 0x2a, 0xc1
  to_general \prefix, 0x0f, 0x2c, 0xc1
  to_general \prefix, 0x0f, 0x2d, 0xc1
  from_general \put, \prefix, 0x48, 0x0f, 0x2a, 0xc1
  to_general \prefix, 0x48, 0x0f, 0x2c, 0xc1
  to_general \prefix, 0x48, 0x0f, 0x2d, 0xc1
  .endm
  general_calls seams_general_calls_f3, movss, 0xf3
  general_calls seams_general_calls_f2, movsd, 0xf2

/* UCOMIS and COMIS: CF, PF and ZF. */
  .macro flags_of get:req, code:vararg
  begin_call
  \get xmm0, [rdi]
  movq xmm1, rcx
  .byte \code
  lahf
  movzx eax, ah
  and eax, 0x45
  ret
  .endm
  .globl seams_flag_calls_none, seams_flag_calls_66
  .p2align 6
seams_flag_calls_none:
  flags_of movss, 0x0f, 0x2e, 0xc1
  flags_of movss, 0x0f, 0x2f, 0xc1
  .p2align 6
seams_flag_calls_66:
  flags_of movsd, 0x66, 0x0f, 0x2e, 0xc1
  flags_of movsd, 0x66, 0x0f, 0x2f, 0xc1

  .section .note.GNU-stack, "", @progbits
