/*
{
  "title": "A switch of threads by the extension itself: the application's thread goes on out of turn, with the extension's rights. Contained, as these forbid it to write and its stack is left as it was",
  "reference": "wasmtime issue 7119 (protection keys across a switch of fibers); Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019",
  "symbols": [
    "switch_threads",
    "$e9uio_guest9SchedulerO7threads33_D2834CD7B6A189FCB1EEF957AFFFA4E3LLSpyAC6ThreadAELLVGSgvpZ"
  ],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed"
  , "mpk-bundled": "completed"}
}
*/
#include "attack.h"

// What switch_threads stores where it is told, and takes from where it is told (Boot/switch.S).
void switch_threads(uint64_t *save, uint64_t stack);

struct thread {
  const char *name;
  uint64_t name_length, name_flags, stack_pointer;
  uint32_t waits, signals;
  uint64_t deadline;
};
extern struct thread *threads __asm__("$e9uio_guest9SchedulerO7threads33_D2834CD7B6A189FCB1EEF957AFFFA4E3LLSpyAC6ThreadAELLVGSgvpZ");

int main(void) {
  static uint64_t saved;
  GOAL_END();
  // The first thread is the application's.
  BYPASS(switch_threads(&saved, threads[0].stack_pointer));
  return 0;
}
