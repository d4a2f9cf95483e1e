/* What applications show to BPF programs under the design `ebpf-verified`: the helper `probe_read` reads this, the image's code and
 * constants, and nothing else. */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdint.h>

/* A variable, or the structure that an argument of a function points to, at calls of that function. */
struct shown_memory {
  const volatile void *place; /* the variable or the function; a null pointer behind the last one */
  uint32_t bytes;             /* not 0 */
  int32_t argument;           /* 0 to 5, or SHOWN_VARIABLE */
};
#define SHOWN_VARIABLE (-1)

extern const struct shown_memory shown_memory[];
static inline struct shown_memory shown_memory_at(uint64_t index) { return shown_memory[index]; }

#endif
