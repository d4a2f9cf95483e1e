/*
{
  "title": "A queue of the extension's own for a device that nobody uses, with the application's counter as its buffer, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "elsewhere": {"qemu-tcg": "the device writes random bytes"},
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "mmioAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"
#include "own_queue.h"

int main(void) {
  BYPASS(USHELL_WINDOW(take_random_numbers(&count)); return 0);
  GOAL_COUNT();
  return 0;
}
