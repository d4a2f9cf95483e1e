/*
{
  "title": "A relocation for the loader of programs, R_X86_64_COPY. Refused",
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
    ".data\n"
    "place: .quad 0\n"
    ".reloc place, R_X86_64_COPY, count\n"
    ".text\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
