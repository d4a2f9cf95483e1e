/*
{
  "title": "The time stamp counter set to the same value at each tick by its MSR: the unikernel's clock stands still, and the budget never ends",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, section 18.17",
  "elsewhere": {"qemu-tcg": "QEMU does not take what is written to the time stamp counter"},
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "msrWrite"},
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
  BYPASS(const uint64_t start = read_msr(0x10); for (;;) { write_msr(0x10, start); __asm__ volatile("hlt"); });
  return 0;
}
