/*
{
  "title": "SIDT: where the unikernel has its interrupt descriptor table, to be read at any CPL without CR4.UMIP. Completes at CPL 0: an extension can read it anyway",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 2.5 (UMIP); Rutkowska, Red Pill, 2004",
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
  BYPASS(ushell_put_hex(read_idtr().base); ushell_puts("\n"));
  return 0;
}
