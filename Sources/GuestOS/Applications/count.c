/* The state of the application `count`, and what extensions may call and trace. */
#include "count.h"
#include "traceable.h"

volatile uint64_t count;
/* What the application has and must not lose: scenarios fill it, and ask whether an extension gets to know it. */
uint8_t secret[32];

TRACEABLE void set_count(uint64_t value) { count = value; }
TRACEABLE uint64_t get_count(void) { return count; }
