/*
{
  "title": "The page of the application's counter given the extension's own key, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015; Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  BYPASS_OF_KEYS(volatile uint64_t *const entry = leaf(&count); USHELL_SET(*entry, (*entry & ~KEY_MASK) | own_key()); invalidate(&count));
  GOAL_COUNT();
  return 0;
}
