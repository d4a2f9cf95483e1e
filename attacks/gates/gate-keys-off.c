/*
{
  "title": "The variable by which gates know whether there are keys, cleared in a write window, which then never closes",
  "precondition": "a write window, as uIO exports it",
  "reference": "Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["protection_keys_active"],
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

// Only an image with keys has it.
extern uint8_t protection_keys_active __attribute__((weak));

int main(void) {
  // Not USHELL_SET: the gates that it asks believe the variable.
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) {
    BYPASS_SILENT({
      ushell_enable_write();
      *(volatile uint8_t *)&protection_keys_active = 0;
      ushell_disable_write();
    });
  }
  GOAL_COUNT();
  return 0;
}
