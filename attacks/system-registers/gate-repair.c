/*
{
  "title": "IA32_LSTAR set by a jump to the WRMSR with which the unikernel gives EFER back to an extension that has set it by a gate",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "symbols": ["write_msr", "register_forged"],
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

extern const char register_forged[] __attribute__((weak));

// Behind the constants that it sets: two of five bytes, one of two.
enum { WRMSR_AT = 12 };

int main(void) {
  GOAL_END();
  BYPASS(
      if (register_forged) __asm__ volatile("jmp *%0" : : "r"(register_forged + WRMSR_AT), "a"(0), "c"(0xc0000082), "d"(1) : "memory");
      else gadget_write_msr(0, 0xc0000082, 1ull << 32));
  return 0;
}
