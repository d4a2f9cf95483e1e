/*
{
  "title": "The type of an object of the unikernel's replaced in a write window, and its count of references: when it is released, the destructor is the extension's, with all rights",
  "precondition": "a write window, as uIO exports it",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["$e9uio_guest12ProgramStoreO8programsSayAA0C0CGvpZ"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "crossing"},
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

// An array: metadata, references, count, capacity, then the elements. An object: metadata, references. Metadata: the superclass, the
// destructor, and that of the stored variables.
extern uint64_t *programs __asm__("$e9uio_guest12ProgramStoreO8programsSayAA0C0CGvpZ");

static uint64_t metadata[8];

// Leaves the object alone: it is destroyed once only.
static void goal(void) {
  GOAL_COUNT();
}

static void replace(void) {
  uint64_t *const program = (uint64_t *)programs[4];
  for (int at = 0; at < 8; at++) metadata[at] = (uint64_t)goal;
  ushell_enable_write();
  program[0] = (uint64_t)metadata;
  program[1] = 1;
  ushell_disable_write();
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(replace(); return 0);
  GOAL_COUNT();
  return 0;
}
