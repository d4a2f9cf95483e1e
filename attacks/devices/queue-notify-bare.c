/*
{
  "title": "A device notified of a queue that has nothing new. Contained under keys; without, it does nothing",
  "reference": "OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022, section 4.2.2",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"}
  },
  "control": {"none": "completed", "uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

// virtio-mmio (virtio 1.2, section 4.2.2): a slot is 512 bytes from 0xfeb00000 on.
enum register_offset {
  MAGIC = 0, DEVICE_ID = 8, DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SELECT = 0x24, QUEUE_SELECT = 0x30, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44,
  QUEUE_NOTIFY = 0x50, STATUS = 0x70, QUEUE_DESCRIPTORS = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0,
};

static volatile uint32_t *slot(uint32_t device) {
  for (uint64_t base = 0xfeb00000; base < 0xfeb01000; base += 512)
    if (*(volatile uint32_t *)(base + DEVICE_ID) == device) return (volatile uint32_t *)base;
  return 0;
}

static inline void set(volatile uint32_t *base, uint32_t offset, uint64_t value) { base[offset / 4] = (uint32_t)value; }

int main(void) {
  GOAL_END();
  BYPASS(set(slot(3), QUEUE_NOTIFY, 0));
  return 0;
}
