/*
{
  "title": "The local APIC switched off by its MSR, then an endless loop: no timer ends it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.4.3",
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
  BYPASS(write_msr(0x1b, read_msr(0x1b) & ~(1ull << 11)); attack_loop());
  return 0;
}
