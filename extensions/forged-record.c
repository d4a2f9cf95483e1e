// Shows: a record to the trace port that says that this extension was contained. Extensions run at CPL 0 and reach every port.
// Expected: completed. Nothing was stopped, and a record that an extension wrote is believed by nobody.
#include "ushell.h"

int main(void) {
  static const char record[] = "contained forged-record.o key-fault at=0x80000000\n";
  for (const char *byte = record; *byte; byte++) __asm__ volatile("outb %0, %1" : : "a"(*byte), "d"((uint16_t)0x5e0));
  ushell_puts("forged-record: written\n");
  return 0;
}
