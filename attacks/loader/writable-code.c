/*
{
  "title": "A section that is both writable and executable. Refused",
  "reference": "Unikraft issue 414; Sung et al., Intra-Unikernel Isolation with Intel Memory Protection Keys, VEE 2020",
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
    ".section .code, \"awx\", @progbits\n"
    ".byte 0x0f, 0x01, 0xef, 0xc3\n"
    ".text\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
