// Shows: a global absolute symbol, a number and no place, which absolute-symbol-caller.c uses.
// Expected: loads; has no main.
__asm__(".globl absolute_number\nabsolute_number = 0x12345678\n");
