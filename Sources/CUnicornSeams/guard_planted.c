// Failures on purpose: see include/seams_planted.h.

#include "include/seams_planted.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard_frame.h"

#ifdef DEBUG

static _Thread_local char planted[64];
static _Thread_local int is_known;

void seams_plant_failure(const char *failure) {
  is_known = 1;
  snprintf(planted, sizeof planted, "%s", failure ? failure : "");
}

static void fail(const char *kind) {
  if (strcmp(kind, "abort") == 0) abort();
  if (strcmp(kind, "exit") == 0) exit(1);
  if (strcmp(kind, "assert") == 0) __assert_fail("planted", "guard_planted.c", 1, "fail");
  if (strcmp(kind, "fault") == 0) *(volatile int *)8 = 0;
}

static void fail_at(const char *place, uint64_t number) {
  if (!is_known) seams_plant_failure(getenv("SEAMS_PLANTED_FAILURE"));
  char kind[16], where[16];
  unsigned long long which;
  if (sscanf(planted, "%15[a-z]:%15[a-z]:%llx", kind, where, &which) != 3) return;
  if (strcmp(where, place) == 0 && which == number) fail(kind);
}

void seams_planted_translation(uint64_t address) { fail_at("translate", address); }
void seams_planted_port(uint32_t port) { fail_at("port", port); }

#else

void seams_plant_failure(const char *failure) { (void)failure; }

#endif
