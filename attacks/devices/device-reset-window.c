/*
{
  "title": "The console's device reset by a store to its status register, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022, section 4.2.2",
  "cells": {
    "none": {"outcome": "hung", "rule": "I10"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "mmioAccess"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
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
#include "virtio_mmio.h"

int main(void) {
  GOAL_END();
  BYPASS(USHELL_WINDOW(set(slot(3), STATUS, 0)));
  return 0;
}
