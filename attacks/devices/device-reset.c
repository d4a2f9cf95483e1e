/*
{
  "title": "The console's device reset by a store to its status register. Contained under keys",
  "reference": "OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022, section 4.2.2",
  "elsewhere": {"qemu-tcg": "the devices lie at other places"},
  "cells": {
    "none": {"outcome": "hung", "rule": "I10"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
  BYPASS(set(slot(3), STATUS, 0));
  return 0;
}
