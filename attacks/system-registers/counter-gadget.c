/*
{
  "title": "The local APIC switched off by the WRMSR that sets performance counters, which is called behind one's own start of a counter",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3",
  "elsewhere": {"qemu-tcg": "QEMU's processor has no performance counters"},
  "symbols": ["write_msr", "counter_write_msr"],
  "cells": {
    "none": {"outcome": "hung", "event": "crossing"},
    "uio-mpk": {"outcome": "escaped", "event": "msrWrite"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
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
#include "counters.h"
#include "gadget.h"

void counter_write_msr(uint32_t index, uint64_t value) __attribute__((weak));

int main(void) {
  GOAL_END();
  ushell_start_counter(0, COUNT_INSTRUCTIONS);
  // IA32_APIC_BASE as it is after a reset, but for its enable bit.
  BYPASS(gadget_write_msr(counter_write_msr, 0x1b, 0xfee00100); attack_loop());
  return 0;
}
