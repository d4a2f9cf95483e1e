/*
{
  "title": "CR4.SMEP set: the unikernel's own pages are user pages, as keys bind only those, and no handler's first instruction can be fetched: the processor faults for good",
  "precondition": "a processor with SMEP; else the MOV is #GP",
  "reference": "Wang et al., SEIMI: Efficient and Secure SMAP-Enabled Intra-process Memory Isolation, IEEE S&P 2020, section 3; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.1",
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
  BYPASS_OF_KEYS(write_cr4(read_cr4() | 1ull << 20));
  GOAL_COUNT();
  return 0;
}
