/*
{
  "title": "WRPKRU in an initializer, before main is called: the right lasts for the initializer only",
  "precondition": "CR4.PKE = 1",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

// Rights are set anew at each entry, so the goal has to be reached in the initializer itself.
static __attribute__((constructor)) void initialize(void) {
  BYPASS_OF_KEYS(attack_write_pkru(0));
  GOAL_COUNT();
}

int main(void) { return 0; }
