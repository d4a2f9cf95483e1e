// What the unikernel exports, taken over: whoever is bound to these would end the machine.
static void end_machine(void) { __asm__ volatile("outb %0, %1" : : "a"((unsigned char)0), "d"((unsigned short)0xf4)); }
void ushell_puts(const char *text) {
  (void)text;
  end_machine();
}
void *memcpy(void *to, const void *from, unsigned long length) {
  (void)from, (void)length;
  end_machine();
  return to;
}
