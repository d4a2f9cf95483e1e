/*
{
  "title": "A thread-local section. Refused",
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
    ".section .tdata, \"awT\", @progbits\n"
    ".quad 1\n"
    ".text\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
