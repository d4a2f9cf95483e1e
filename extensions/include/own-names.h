/* What the extension own-names.c gives others. */
#ifndef OWN_NAMES_H
#define OWN_NAMES_H

#include <stdint.h>

extern int freed;
extern int thread_start;
void free(void *block);
int start(void);
uint64_t get_count(void);

#endif
