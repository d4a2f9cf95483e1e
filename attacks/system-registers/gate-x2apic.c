/*
{
  "title": "The local APIC put into x2APIC mode by a jump to the instruction with which a gate changes rights: its registers are no longer where the unikernel has them",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "elsewhere": {"qemu-tcg": "QEMU's APIC has no x2APIC mode"},
  "symbols": ["write_msr", "service_wrpkru"],
  "cells": {
    "none": {"outcome": "hung"},
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
  BYPASS(gate_write_msr(0x1b, 0xfee00d00); attack_loop());
  return 0;
}
