/*
{
  "title": "EFER.NXE cleared by a jump to the instruction with which a gate changes rights: behind it every page of data has a reserved bit set",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.5",
  "elsewhere": {"qemu-tcg": "QEMU keeps translations when EFER.NXE changes, and reports a reserved bit with P = 0 in the error code (SDM volume 3A, 4.7)"},
  "symbols": ["write_msr", "service_wrpkru"],
  "cells": {
    "none": {"outcome": "crashed"},
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
  BYPASS(gate_write_msr(0xc0000080, 0x500); attack_loop());
  return 0;
}
