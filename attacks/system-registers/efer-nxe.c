/*
{
  "title": "EFER.NXE cleared: the bits that forbid execution are reserved then, and every walk that meets one faults",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.5",
  "elsewhere": {"qemu-tcg": "QEMU reports a reserved bit with P = 0 in the error code (SDM volume 3A, 4.7)"},
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9", "event": "tripleFault"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3"},
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
  BYPASS(write_msr(0xc0000080, read_msr(0xc0000080) & ~(1ull << 11)); attack_loop());
  return 0;
}
