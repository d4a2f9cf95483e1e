/*
{
  "title": "A handler entered by a jump, with the vector of a double fault, which is the unikernel's own matter",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (forged signal frames)",
  "symbols": ["interrupt_common"],
  "within": "6s",
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained", "event": "crossing"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped"}
}
*/
#include "attack.h"
#include "forged.h"

int main(void) {
  BYPASS(forge_interrupts(stack_top_of(14), 8, 1));
  GOAL_COUNT();
  return 0;
}
