/*
{
  "title": "The local APIC switched off by the unikernel's own WRMSR, which is called with the extension's rights",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.4.3",
  "symbols": ["write_msr"],
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "msrWrite"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed"
  }
}
*/
#include "attack.h"
#include "processor.h"

void write_msr_gadget(uint32_t index, uint64_t value) __asm__("write_msr");

int main(void) {
  GOAL_END();
  BYPASS(write_msr_gadget(0x1b, read_msr(0x1b) & ~(1ull << 11)); attack_loop());
  return 0;
}
