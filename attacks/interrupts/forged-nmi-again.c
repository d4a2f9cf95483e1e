/*
{
  "title": "A handler entered by a jump, on the stack for NMIs and with interrupts on, until a real NMI comes upon it there: the stack that it is served on is taken twice",
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

// With an argument once only, for a campaign that raises NMIs itself.
int main(int argc, char **argv) {
  (void)argv;
  BYPASS(forge_interrupts(stack_top_of(2), 255, argc > 1 ? 1 : ~0ull));
  GOAL_COUNT();
  return 0;
}
