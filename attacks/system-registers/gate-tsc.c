/*
{
  "title": "The time stamp counter set forward by an hour by a jump to the instruction with which a gate changes rights",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "symbols": ["write_msr", "service_wrpkru"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {
    "pks-hardened": "completed",
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "gate_register.h"

int main(void) {
  GOAL_END();
  BYPASS(gate_write_msr(0x10, 3600ull << 32));
  return 0;
}
