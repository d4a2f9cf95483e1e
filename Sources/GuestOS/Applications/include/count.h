#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>

/* The number that the application prints next. */
extern volatile uint64_t count;
extern uint8_t secret[32];
void set_count(uint64_t value);
uint64_t get_count(void);

#endif
