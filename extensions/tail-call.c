// The last thing that it does is to jump to a gate, as compilers do with a call at a function's end: the gate returns for it.
// Expected: its line, the end without a word of complaint, and the same again.
__asm__(
    ".section .rodata\n"
    "farewell: .asciz \"returned by the gate\\n\"\n"
    ".text\n"
    ".globl main\n"
    ".type main, @function\n"
    "main:\n"
    "  leaq farewell(%rip), %rdi\n"
    "  jmp ushell_puts@PLT\n"
    ".size main, . - main\n");
