/*
{
  "title": "The machine ended by its exit port: no key and no page binds a port, and code at CPL 0 reaches all",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9", "event": "debugExit"},
    "uio-mpk": {"outcome": "crashed", "rule": "I9", "event": "debugExit"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
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

int main(void) {
  GOAL_END();
  BYPASS(out8(0xf4, 0));
  return 0;
}
