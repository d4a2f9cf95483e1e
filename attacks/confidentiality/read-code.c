/*
{
  "title": "The unikernel's code read in search of gadgets. Completes: that everything can be read is what uIO gives its extensions; execute-only code would forbid it",
  "reference": "Gravani et al., Fast Intra-kernel Isolation and Security with IskiOS, RAID 2021 (execute-only memory); Shacham, The Geometry of Innocent Flesh on the Bone: Return-into-libc without Function Calls, CCS 2007",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "completed"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
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

int main(void) {
  BYPASS(
      const volatile uint8_t *const code = (const volatile uint8_t *)((uint64_t)ushell_puts & ~0xfffull);
      unsigned found = 0;
      for (unsigned at = 0; at < 4094; at++) found += code[at] == 0x0f && code[at + 1] == 0x01 && code[at + 2] == 0xef;
      ushell_put_unsigned(found); ushell_puts(" gadgets\n"));
  return 0;
}
