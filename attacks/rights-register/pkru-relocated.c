/*
{
  "title": "WRPKRU that is not in the file: the loader writes it, as the value of a relocation",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4",
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

// The field is R_X86_64_32 against a weak name that is nowhere, which is 0, with the bytes as addend; the file has zeros there.
__asm__(
    ".weak nowhere\n"
    ".text\n"
    "relocated: .long nowhere + 0xc3ef010f\n");
extern const char relocated[];

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(relocated) : "memory"));
  GOAL_COUNT();
  return 0;
}
