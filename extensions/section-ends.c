// Shows: __start_ and __stop_ of a section whose name is a C identifier, which the loader makes as linkers do.
// Expected: prints "3 entries, sum 123" and returns 0.
#include "ushell.h"

#define ENTRY(name, value) static const int name __attribute__((section("entries"), used)) = value
ENTRY(one, 1);
ENTRY(two, 22);
ENTRY(three, 100);
extern const int __start_entries[], __stop_entries[];
extern const int __start_nothing[] __attribute__((weak)), __stop_nothing[] __attribute__((weak));

int main(void) {
  int sum = 0;
  for (const int *entry = __start_entries; entry < __stop_entries; entry++) sum += *entry;
  ushell_put_signed(__stop_entries - __start_entries);
  ushell_puts(" entries, sum ");
  ushell_put_signed(sum);
  ushell_puts("\n");
  return __start_nothing != __stop_nothing;
}
