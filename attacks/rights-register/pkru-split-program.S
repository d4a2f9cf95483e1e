/*
{
  "title": "WRPKRU whose first two bytes end one program's last page, and whose last begins the next program. Contained, as this machine's loader leaves an unmapped page behind each program",
  "precondition": "the two programs lie on adjacent pages",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4",
  "with": ["pkru-split-program.part.o"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "not-expressible"}
  },
  "control": {"mpk-hardened": "refused", "pks-hardened": "refused"}
}
*/
/* Nothing but code, so that the code ends the image: a page of it each. The first program is pkru-split-program.part.S. */
  .text
  .byte 0xef                  /* the end of WRPKRU, at the program's first byte */
  ret

  .globl main
main:
  pushq %rbp
  movq %rsp, %rbp
  /* "attack: bypass\n": code can't be read everywhere. */
  movabsq $0x000a737361707962, %rax
  pushq %rax
  movabsq $0x203a6b6361747461, %rax
  pushq %rax
  movq %rsp, %rdi
  call ushell_puts@PLT
  addq $16, %rsp
#ifndef CONTROL
  /* Without keys the goal decides: CPUID leaf 7, ECX bit 4 (OSPKE). */
  movl $7, %eax
  xorl %ecx, %ecx
  pushq %rbx
  cpuid
  popq %rbx
  btl $4, %ecx
  jnc 1f
  xorl %eax, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  movq split_program_tail@GOTPCREL(%rip), %r10
  call *%r10
1:
#endif
  movq count@GOTPCREL(%rip), %rax
  movq $666000, (%rax)
  xorl %eax, %eax
  popq %rbp
  ret
