// Failures on purpose, for the tests of the guard: in debug builds only.
//
//     SEAMS_PLANTED_FAILURE=KIND:PLACE:NUMBER
//
// KIND is abort, exit, assert or fault; PLACE is `translate` (before the block at this linear address is translated) or
// `port` (in the helper of a write to this port). NUMBER is hexadecimal.

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "guard_frame.h"

#ifdef DEBUG

static void fail(const char *kind) {
  if (strcmp(kind, "abort") == 0) abort();
  if (strcmp(kind, "exit") == 0) exit(1);
  if (strcmp(kind, "assert") == 0) __assert_fail("planted", "guard_planted.c", 1, "fail");
  if (strcmp(kind, "fault") == 0) *(volatile int *)8 = 0;
}

static void fail_at(const char *place, uint64_t number) {
  const char *planted = getenv("SEAMS_PLANTED_FAILURE");
  if (!planted) return;
  char kind[16], where[16];
  unsigned long long which;
  if (sscanf(planted, "%15[a-z]:%15[a-z]:%llx", kind, where, &which) != 3) return;
  if (strcmp(where, place) == 0 && which == number) fail(kind);
}

void seams_planted_translation(uint64_t address) { fail_at("translate", address); }
void seams_planted_port(uint32_t port) { fail_at("port", port); }

#endif
