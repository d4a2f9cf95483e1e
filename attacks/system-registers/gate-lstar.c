/*
{
  "title": "IA32_LSTAR set by a jump to the instruction that takes all rights when an extension returns, whose way on is that of an honest return",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "symbols": ["write_msr", "return_wrpkru"],
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
#include "gadget.h"

extern const char return_wrpkru[] __attribute__((weak));

int main(void) {
  GOAL_END();
  BYPASS(
      if (return_wrpkru) __asm__ volatile("jmp *%0" : : "r"(return_wrpkru), "a"(0), "c"(0xc0000082), "d"(1) : "memory");
      else gadget_write_msr(0, 0xc0000082, 1ull << 32));
  return 0;
}
