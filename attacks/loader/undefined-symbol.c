/*
{
  "title": "A name that nobody has: the prototype leaves the relocation out and goes on. Refused",
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
    ".text\n"
    ".quad name_that_nobody_has\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
