/*
{
  "title": "A performance counter by a number that there is none of: counted from IA32_PERFEVTSEL0 on it is IA32_LSTAR, where SYSCALL leads",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, chapter Performance Monitoring; Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "msrWrite"},
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
  BYPASS(ushell_start_counter(0xc0000082 - 0x186, COUNT_CYCLES));
  return 0;
}
