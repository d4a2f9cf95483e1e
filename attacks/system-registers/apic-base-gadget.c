/*
{
  "title": "The local APIC switched off by the unikernel's own WRMSR, which is called with the extension's rights",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.4.3",
  "symbols": ["write_msr", "once_write_msr"],
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "msrWrite"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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
#include "gadget.h"

void once_write_msr(uint32_t index, uint64_t value) __attribute__((weak));

int main(void) {
  GOAL_END();
  // IA32_APIC_BASE as it is after a reset, but for its enable bit.
  BYPASS(gadget_write_msr(once_write_msr, 0x1b, 0xfee00100); attack_loop());
  return 0;
}
