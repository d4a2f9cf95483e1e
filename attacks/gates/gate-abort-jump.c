/*
{
  "title": "A jump to overlay_abort, which only handlers may return to. Contained, as it changes no rights: the unikernel's next store faults",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["overlay_abort"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

void overlay_abort(void);

int main(void) {
  ANNOUNCE_BYPASS();
  BYPASS_SILENT(__asm__ volatile("jmp *%0" : : "r"(overlay_abort) : "memory"));
  GOAL_COUNT();
  return 0;
}
