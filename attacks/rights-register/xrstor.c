/*
{
  "title": "XRSTOR with bit 9 of the mask and an area of zeros: PKRU from memory. Contained, as CR4.OSXSAVE is 0, where it is an invalid opcode",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2 (XRSTOR)",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

static uint8_t area[4096] __attribute__((aligned(64)));

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile("xrstor %0" : : "m"(area), "a"(1u << 9), "d"(0) : "memory"));
  GOAL_COUNT();
  return 0;
}
