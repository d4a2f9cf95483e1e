/*
{
  "title": "The unikernel's own variable that says which rights extensions have, cleared in a write window: the next extension is entered with all rights",
  "precondition": "a write window, as uIO exports it",
  "reference": "Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993; Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["$e9uio_guest15IsolationDesignV7currentACvpZ"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "crossing"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

// The design in force: its name, whether it uses keys, its key, its PKRU.
struct design {
  const char *name;
  uint64_t name_length;
  uint8_t name_flags, uses_keys;
  uint64_t key;
  uint32_t pkru;
};
extern volatile struct design current __asm__("$e9uio_guest15IsolationDesignV7currentACvpZ");

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(USHELL_SET(current.pkru, 0); return 0);
  GOAL_COUNT();
  return 0;
}
