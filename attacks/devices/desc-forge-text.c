/*
{
  "title": "The descriptors of the console's input pointed at the application's code, in a write window: the next line is instructions, whatever the page tables say",
  "precondition": "a write window, as uIO exports it",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "elsewhere": {"qemu-tcg": "limits are ten times as long there, and the application gets to what was done to it"},
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "escaped"},
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
  BYPASS(USHELL_WINDOW(forge((volatile uint64_t *)set_count)); return 0);
  GOAL_COUNT();
  return 0;
}
