/*
{
  "title": "The application's counter overwritten by the unikernel's memcpy in a write window. Completes: that is what windows are for",
  "precondition": "a write window, as uIO exports it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

static const uint64_t number = ATTACK_COUNT;
void *memcpy(void *destination, const void *source, size_t length);

int main(void) {
  BYPASS(USHELL_WINDOW(memcpy((void *)&count, &number, sizeof number)); return 0);
  GOAL_COUNT();
  return 0;
}
