/*
{
  "title": "Interrupts off for ever in an IRETQ of the unikernel's, whose frame leads to itself: no look at the extension's own code finds it",
  "reference": "Shacham, The Geometry of Innocent Flesh on the Bone: Return-into-libc without Function Calls, CCS 2007",
  "symbols": ["interrupt_return"],
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "contained"}
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

void interrupt_return(void);

// RIP, CS, RFLAGS without IF, RSP, SS.
static void park(void) {
  static uint64_t frame[5];
  __asm__ volatile(
      "movq %0, (%1)\n"
      "movw %%cs, 8(%1)\n"
      "movq $2, 16(%1)\n"
      "movq %1, 24(%1)\n"
      "movw %%ss, 32(%1)\n"
      "movq %1, %%rsp\n"
      "jmp *%0\n"
      :
      : "r"(interrupt_return), "r"(frame)
      : "memory");
}

int main(void) {
  GOAL_END();
  BYPASS(park());
  return 0;
}
