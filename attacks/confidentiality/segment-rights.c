/*
{
  "title": "LAR, LSL, VERR and VERW of the unikernel's segments, which are no privileged instructions. Completes: the descriptors hold nothing that depends on a secret",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 5.10",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "completed"},
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
  BYPASS({
    uint64_t rights = 0, limit = 0;
    for (uint64_t selector = 8; selector < 64; selector += 8)
      __asm__ volatile("lar %2, %0\n lsl %2, %1\n verr %w2\n verw %w2" : "+r"(rights), "+r"(limit) : "r"(selector) : "cc");
    ushell_put_hex(rights ^ limit);
    ushell_puts("\n");
  });
  return 0;
}
