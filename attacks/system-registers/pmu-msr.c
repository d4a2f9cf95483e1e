/*
{
  "title": "The performance counters' MSRs, which uIO's own extension perf.c reads and writes: under designs with services by three of these alone",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024, section 5 (perf counters)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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
  BYPASS(write_msr(0x186, 0x4300c0); (void)read_msr(0xc1));
  return 0;
}
