/*
{
  "title": "A device notified of a queue that has nothing new. Contained under keys; without, it does nothing",
  "reference": "OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022, section 4.2.2",
  "elsewhere": {"qemu-tcg": "the devices lie at other places"},
  "cells": {
    "none": {"outcome": "completed"},
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
  BYPASS(set(slot(3), QUEUE_NOTIFY, 0));
  return 0;
}
