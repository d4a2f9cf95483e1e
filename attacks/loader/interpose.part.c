// What the unikernel exports, taken over: whoever is bound to these would end by an invalid opcode.
static void end_caller(void) { __asm__ volatile("ud2"); }
void ushell_puts(const char *text) {
  (void)text;
  end_caller();
}
void *memcpy(void *to, const void *from, unsigned long length) {
  (void)from, (void)length;
  end_caller();
  return to;
}
