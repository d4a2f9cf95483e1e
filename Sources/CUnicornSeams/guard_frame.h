// What the files of the guard share.
#ifndef SEAMS_GUARD_FRAME_H
#define SEAMS_GUARD_FRAME_H

#include <setjmp.h>

#include "include/unicorn_seams.h"

// One entry into the library. Engines may be entered from inside the callbacks of others.
typedef struct seams_guard_frame {
  struct seams_guard_frame *outer;
  seams_engine *engine;
  int callbacks;  // callbacks that this entry is in: while there are any, what happens is not the library's
  sigjmp_buf leave;
} seams_guard_frame;

extern _Thread_local seams_guard_frame *seams_guard_innermost;

// Where failures may be planted (include/seams_planted.h).
#ifdef DEBUG
void seams_planted_translation(uint64_t address);
void seams_planted_port(uint32_t port);
#else
static inline void seams_planted_translation(uint64_t address) { (void)address; }
static inline void seams_planted_port(uint32_t port) { (void)port; }
#endif

#endif
