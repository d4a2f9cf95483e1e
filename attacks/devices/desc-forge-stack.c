/*
{
  "title": "The descriptors of the console's input pointed at the gates' saved stack pointers, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "symbols": ["overlay_return_stack"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"
#include "descriptors.h"

extern volatile uint64_t overlay_return_stack;

int main(void) {
  BYPASS(USHELL_WINDOW(forge(&overlay_return_stack)); return 0);
  GOAL_COUNT();
  return 0;
}
