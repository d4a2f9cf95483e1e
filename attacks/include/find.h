/* Places in code of the unikernel, which an extension can read. */
#ifndef FIND_H
#define FIND_H

#include <stdint.h>

/* Where an instruction begins: the first place from `start` on. */
static inline uint64_t find(const void *start, const char *bytes, unsigned length) {
  for (const volatile uint8_t *at = start;; at++) {
    unsigned same = 0;
    while (same < length && at[same] == (uint8_t)bytes[same]) same++;
    if (same == length) return (uint64_t)at;
  }
}

#endif
