/*
{
  "title": "CR0.WP cleared, without which no key forbids a write at CPL 0",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.2",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  BYPASS_OF_KEYS(write_cr0(read_cr0() & ~(1ull << 16)));
  GOAL_COUNT();
  return 0;
}
