/*
{
  "title": "A call into memory of the overlay where a program would lie, but none does. Contained: nothing is mapped there",
  "reference": "Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019 (use after free of keys)",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed"
  , "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void);

int main(void) {
  GOAL_END();
  BYPASS(((void (*)(void))((uint64_t)main + 0x100000))());
  return 0;
}
