// Shows: a global symbol that no displacement of 32 bits reaches, which far-relocation.c uses.
// Expected: loads; has no main.
__asm__(".globl far_place\nfar_place = 0x123456789000\n");
