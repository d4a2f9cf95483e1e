/*
{
  "title": "The key of the counter's page changed in a write window and changed back, with the translation of the time between kept by the processor",
  "precondition": "a write window, as uIO exports it",
  "reference": "Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.10.2",
  "elsewhere": {"qemu-tcg": "WRPKRU empties QEMU's TLB, which processors may do and need not (SDM volume 3A, 4.10.2)"},
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

// Nothing but the page tables says that the extension's key is gone again.
static void change(void) {
  volatile uint64_t *const entry = leaf(&count);
  const uint64_t before = *entry;
  ushell_enable_write();
  *entry = (before & ~KEY_MASK) | own_key();
  invalidate(&count);
  (void)count;
  *entry = before;
  ushell_disable_write();
}

int main(void) {
  BYPASS_OF_KEYS(change());
  GOAL_COUNT();
  return 0;
}
