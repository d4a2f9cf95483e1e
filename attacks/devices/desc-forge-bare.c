/*
{
  "title": "The descriptors of the console's input pointed at the application's counter, without a window. Contained under keys: the rings have the unikernel's",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "elsewhere": {"qemu-tcg": "limits are ten times as long there, and the application gets to what was done to it"},
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"
#include "descriptors.h"

int main(void) {
  BYPASS(return forge(&count) == 0);
  GOAL_COUNT();
  return 0;
}
