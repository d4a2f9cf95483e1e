/* A queue of the extension's own for the source of random numbers. */
#ifndef OWN_QUEUE_H
#define OWN_QUEUE_H

#include "processor.h"
#include "virtio_mmio.h"

static struct {
  struct { uint64_t address; uint32_t length; uint16_t flags, next; } descriptors[4];
  struct { uint16_t flags, index, ring[4], event; } available;
  uint8_t room[64];
  struct { uint16_t flags, index; struct { uint32_t id, length; } ring[4]; uint16_t event; } used;
} queue __attribute__((aligned(64)));

static inline void set_address(volatile uint32_t *base, uint32_t offset, const volatile void *place) {
  const uint64_t address = physical(place);
  set(base, offset, address);
  set(base, offset + 4, address >> 32);
}

/* Makes the device write eight random bytes to `target`: the queue has one descriptor. */
static inline void take_random_numbers(volatile void *target) {
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

#endif
