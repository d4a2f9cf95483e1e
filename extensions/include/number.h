/* Reads a decimal number from an argument. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/* The value of the argument at `index`, or `otherwise` where it is missing or no number. Overflow wraps. */
static inline uint64_t number_argument(int argc, char **argv, int index, uint64_t otherwise) {
  if (index >= argc || argv[index][0] == '\0') return otherwise;
  uint64_t value = 0;
  for (const char *digit = argv[index]; *digit != '\0'; digit++) {
    if (*digit < '0' || *digit > '9') return otherwise;
    value = value * 10 + (uint64_t)(*digit - '0');
  }
  return value;
}

#endif
