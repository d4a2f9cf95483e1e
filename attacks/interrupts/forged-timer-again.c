/*
{
  "title": "The same on the stack of interrupts, until the timer's comes",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (forged signal frames)",
  "elsewhere": {"qemu-tcg": "where a real interrupt comes upon the forged one is the host's clock's doing"},
  "symbols": ["interrupt_common"],
  "within": "6s",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped"}
}
*/
#include "attack.h"
#include "forged.h"

int main(void) {
  BYPASS(forge_interrupts(stack_top_of(32), 255, ~0ull));
  GOAL_COUNT();
  return 0;
}
