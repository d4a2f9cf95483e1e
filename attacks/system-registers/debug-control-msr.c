/*
{
  "title": "Last-branch records switched on by IA32_DEBUGCTL: #GP where the processor has none. Contained",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, section 18.4",
  "elsewhere": {"qemu-tcg": "QEMU takes IA32_DEBUGCTL as a register that keeps nothing"},
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
  BYPASS(write_msr(0x1d9, 1));
  return 0;
}
