/*
{
  "title": "An event of a performance counter with the bit that raises an interrupt when it overflows, and others that services set alone",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, chapter Performance Monitoring (IA32_PERFEVTSELx.INT)",
  "elsewhere": {"qemu-tcg": "QEMU's processor has no performance counters"},
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "counters.h"

int main(void) {
  GOAL_END();
  BYPASS(ushell_start_counter(0, 1 << 20 | COUNT_CYCLES));
  return 0;
}
