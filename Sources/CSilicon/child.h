// What the two sides share besides silicon.h.
#ifndef SILICON_CHILD_H
#define SILICON_CHILD_H

#include "include/silicon.h"

// The file behind the pages: two of code, the writable ones, one read-only, the keyed read-only ones,
// the one behind all pages of the matrix.
enum {
  SILICON_FILE_WRITABLE = 2,
  SILICON_FILE_READ_ONLY = SILICON_FILE_WRITABLE + SILICON_WRITABLE_PAGES,
  SILICON_FILE_KEYED_READ_ONLY = SILICON_FILE_READ_ONLY + 1,
  SILICON_FILE_MATRIX = SILICON_FILE_KEYED_READ_ONLY + SILICON_KEYED_PAGES,
  SILICON_FILE_PAGES = SILICON_FILE_MATRIX + 1,
  SILICON_FILE_BYTES = SILICON_FILE_PAGES * SILICON_PAGE,
};

// Everything that the child and its parent share.
typedef struct {
  uint32_t submitted, completed;  // futexes: numbers of batches
  uint32_t case_count;
  uint32_t at;                    // the case that is running
  uint32_t keys[SILICON_KEYED_PAGES];
  uint32_t has_keys, ready;
  uint8_t programs[SILICON_PROGRAMS][SILICON_PAGE];
  uint8_t memories[SILICON_MEMORIES][SILICON_MEMORY_BYTES];
  silicon_case cases[SILICON_CASES];
  uint8_t finals[SILICON_CASES][SILICON_MEMORY_BYTES];  // what the writable pages held at the end
} silicon_batch;

// Runs batches until the parent ends it. Returns only if the pages cannot be mapped.
void silicon_child(silicon_batch *batch, int file);

#endif
