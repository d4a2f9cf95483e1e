/* The state of the application `count`, and what extensions may call and trace. The five bytes at each function's entry
 * are for whoever attaches there. */
#include "count.h"

#define TRACEABLE __attribute__((used, noinline, patchable_function_entry(5)))

volatile uint64_t count;
/* What the application has and must not lose: scenarios fill it, and ask whether an extension gets to know it. */
uint8_t secret[32];

TRACEABLE void set_count(uint64_t value) { count = value; }
TRACEABLE uint64_t get_count(void) { return count; }
