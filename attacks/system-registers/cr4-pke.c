/*
{
  "title": "CR4.PKE cleared: no key binds any more",
  "precondition": "CR4.PKE = 1",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.2",
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
  BYPASS_OF_KEYS(write_cr4(read_cr4() & ~(1ull << 22)));
  GOAL_COUNT();
  return 0;
}
