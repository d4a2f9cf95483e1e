// What would end the process inside the library ends the run instead.
//
// The library gives up by abort, assertions and exit, and a mistake in it may raise a signal. Each of these leaves the
// library's frames, up to `seams_guarded`, and the engine is broken from then on: the library is not entered again, and
// its memory is left as it is. Swift's frames are never skipped: inside a callback everything is as without a guard.
#ifndef SEAMS_GUARD_H
#define SEAMS_GUARD_H

#include "include/unicorn_seams.h"

// The part of an engine that the guard keeps.
typedef struct {
  seams_callbacks callbacks;  // the simulator's own; `seams_engine.call` holds those of the guard
  bool broken;
  bool translating;           // the library is translating the block at `block`
  uint64_t block, code_base;  // its linear address, and what RIP is relative to
  char failure[640];          // what happened, where the guest was, and the bytes there
} seams_guard;

// Makes `engine->call` out of the simulator's callbacks: the same, and they are known to be no part of the library.
void seams_guard_callbacks(seams_engine *, const seams_callbacks *);

// Calls `work`, which may enter the library. False if the library gave up, now or earlier: `failure` says why then.
bool seams_guarded(seams_engine *, void (*work)(seams_engine *, void *), void *argument);

// Notes what the library reported by itself, with the guest's place.
void seams_guard_note(seams_engine *, const char *what);

// Gives up from inside the library.
_Noreturn void seams_guard_leave(const char *what);

#endif
