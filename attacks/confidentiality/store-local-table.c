/*
{
  "title": "SLDT: the local descriptor table, to be read at any CPL without CR4.UMIP. Completes at CPL 0: nothing is secret of it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, sections 2.5 (UMIP) and 5.9",
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
  BYPASS(uint64_t value; __asm__ volatile("sldt %0" : "=r"(value)); ushell_put_hex(value); ushell_puts("\n"));
  return 0;
}
