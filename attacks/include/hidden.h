/* What code must not do, as the constant of an instruction that does nothing: for attacks that get to where no instruction begins. */
#ifndef HIDDEN_H
#define HIDDEN_H

// movw $0x3f8, %dx; movb $'6', %al; outb %al, %dx; ret: a number on the application's console.
#define HIDDEN_OUTPUT "0xc3ee36b003f8ba66"

// An honest function, HIDDEN_BEGINS bytes behind whose start that is found.
#define HIDDEN_FUNCTION(name)                \
  __asm__(".text\n"                          \
          ".p2align 5\n"                     \
          ".globl " #name "\n"               \
          ".type " #name ", @function\n"     \
          #name ":\n"                        \
          "  movabsq $" HIDDEN_OUTPUT ", %rax\n" \
          "  ret\n");                        \
  extern const char name[]
#define HIDDEN_BEGINS 2

#endif
