/*
{
  "title": "The application's own function called in a write window, whatever the argument. Completes: uIO's promise is that every function can be called",
  "precondition": "a write window, as uIO exports it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "completed"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "completed"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

int main(void) {
  BYPASS(USHELL_CALL(set_count(ATTACK_COUNT)); return 0);
  GOAL_COUNT();
  return 0;
}
