/* The program that is loaded first: a page of code whose last two bytes are the beginning of WRPKRU. */
  .text
  .p2align 12
  .skip 4094, 0x90
  .globl split_program_tail
split_program_tail:
  .byte 0x0f, 0x01
