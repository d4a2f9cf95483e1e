/*
{
  "title": "Zeros of 1 GiB, which a file need not hold. Refused",
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
char zeros[1 << 30];
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
