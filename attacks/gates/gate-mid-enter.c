/*
{
  "title": "A jump to the first WRPKRU of overlay_enter, which then calls the function in R10",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["overlay_enter"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "find.h"

void overlay_enter(void);

static void goal(void) { GOAL_COUNT(); }

int main(void) {
  BYPASS_OF_KEYS(const uint64_t place = find((const void *)overlay_enter, "\x0f\x01\xef", 3);
                 __asm__ volatile("movq %4, %%r10\n jmp *%3" : : "a"(0), "c"(0), "d"(0), "r"(place), "r"(goal) : "r10", "memory"));
  goal();
  return 0;
}
