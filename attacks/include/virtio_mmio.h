/* Registers of the devices (virtio 1.2, section 4.2.2). */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#include <stdint.h>

enum register_offset {
  MAGIC = 0, DEVICE_ID = 8, DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SELECT = 0x24, QUEUE_SELECT = 0x30, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44,
  QUEUE_NOTIFY = 0x50, STATUS = 0x70, QUEUE_DESCRIPTORS = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0,
};

/* The registers of the first device of a kind (virtio 1.2, section 5), or null: a slot is 512 bytes from 0xfeb00000 on. */
static inline volatile uint32_t *slot(uint32_t device) {
  for (uint64_t base = 0xfeb00000; base < 0xfeb01000; base += 512)
    if (*(volatile uint32_t *)(base + DEVICE_ID) == device) return (volatile uint32_t *)base;
  return 0;
}

static inline void set(volatile uint32_t *base, uint32_t offset, uint64_t value) { base[offset / 4] = (uint32_t)value; }

#endif
