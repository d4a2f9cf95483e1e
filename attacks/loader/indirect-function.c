/*
{
  "title": "An indirect function, whose resolver a loader would call with its own rights. Refused",
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
    ".globl resolved\n"
    ".type resolved, @gnu_indirect_function\n"
    "resolved: ret\n");
#endif

int main(void) {
  ANNOUNCE_BYPASS();
  GOAL_COUNT();
  return 0;
}
