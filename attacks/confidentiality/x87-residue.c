/*
{
  "title": "x87 instructions, whose registers nobody clears: one extension may leave something there for another. Completes where the unit is on",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 2.5 (CR0.EM); CVE-2018-3665 (lazy FPU state)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(uint64_t left; __asm__ volatile("fld1\n fistpll %0" : "=m"(left)); ushell_put_hex(left); ushell_puts("\n"));
  return 0;
}
