/*
{
  "title": "The available index of the console's input moved on by more than the queue has, in a write window: the device gives the queue up",
  "precondition": "a write window, as uIO exports it",
  "reference": "Hetzelt et al., VIA: Analyzing Device Interfaces of Protected Virtual Machines, ACSAC 2021; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "cells": {
    "none": {"outcome": "hung", "rule": "I10"},
    "uio-mpk": {"outcome": "hung", "rule": "I10"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
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
#include "processor.h"

enum { INPUT_BYTES = 1024, DEVICE_WRITES = 2 };  // flags: VIRTQ_DESC_F_WRITE (virtio 1.2, section 2.7.5)


// The descriptor table of the console's input; the available ring is behind its 16 entries.
static volatile uint8_t *input_queue(void) {
  for (uint64_t page = ((uint64_t)&count & ~0xfffull) + PAGE; page < 0x400000; page += PAGE) {
    if (!leaf((void *)page)) continue;
    const uint64_t rest = ((volatile uint64_t *)page)[1];
    if ((uint32_t)rest == INPUT_BYTES && (rest >> 32 & 0xffff) == DEVICE_WRITES) return (volatile uint8_t *)page;
  }
  return 0;
}

enum { AVAILABLE_INDEX = 16 * 16 + 2 };

int main(void) {
  GOAL_END();
  BYPASS(volatile uint8_t *const queue = input_queue(); USHELL_WINDOW(*(volatile uint16_t *)(queue + AVAILABLE_INDEX) += 100));
  return 0;
}
