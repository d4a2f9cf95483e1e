/*
{
  "title": "A branch of more than 2 GiB by a relocation of 32 bits without a PLT entry: the prototype's check lets it be cut. Refused",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (the prototype's loader)",
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
    ".weak nowhere\n"
    ".data\n"
    ".long nowhere - . - 0x7fffffff\n"
    ".text\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
