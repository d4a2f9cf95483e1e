/* What the extension host-functions offers other extensions. */
#ifndef HOST_FUNCTIONS_H
#define HOST_FUNCTIONS_H

#include <stdint.h>

/* Prints "Hello, NAME", from the second call on "Welcome back, NAME". */
void greet(const char *name);
/* Adds to a total that lives as long as the provider is loaded, and returns it. */
uint64_t tally(uint64_t amount);
/* Where the total lives. */
extern const uint64_t *const tally_total;

#endif
