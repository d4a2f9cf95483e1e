/*
{
  "title": "The entry of a level above changed in a write window, so that a large page with the extension's key covers the counter",
  "precondition": "a write window, as uIO exports it",
  "reference": "Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.5",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

static void change(void) {
  uint64_t table = read_cr3();
  for (int shift = 39; shift > 21; shift -= 9)
    table = ((volatile uint64_t *)(table & ADDRESS_MASK))[(uint64_t)&count >> shift & 511];
  volatile uint64_t *const entry = (volatile uint64_t *)(table & ADDRESS_MASK) + ((uint64_t)&count >> 21 & 511);
  const uint64_t base = (uint64_t)&count & ~((2ull << 20) - 1);
  USHELL_SET(*entry, base | PRESENT | WRITABLE | USER | LARGE | own_key());
  write_cr3(read_cr3());
}

int main(void) {
  BYPASS_OF_KEYS(change());
  GOAL_COUNT();
  return 0;
}
