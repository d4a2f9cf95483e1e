/*
{
  "title": "The page of the application's counter made a supervisor page, in a write window: user keys bind user pages only",
  "precondition": "a write window, as uIO exports it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.2; Gravani et al., Fast Intra-kernel Isolation and Security with IskiOS, RAID 2021",
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

int main(void) {
  BYPASS_OF_KEYS(volatile uint64_t *const entry = leaf(&count); USHELL_SET(*entry, *entry & ~(uint64_t)USER); invalidate(&count));
  GOAL_COUNT();
  return 0;
}
