/*
{
  "title": "A relocation that puts bytes of the attacker's into the unikernel: its place is reckoned from a section's start, and can't leave it. Refused",
  "reference": "System V Application Binary Interface, AMD64 Architecture Processor Supplement",
  "cells": {
    "none": {"outcome": "refused"},
    "uio-mpk": {"outcome": "refused"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

#ifndef CONTROL
__asm__(
    ".text\n"
    ".reloc 0x7fffffff, R_X86_64_32, count\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
