/* What Swift cannot say itself: instructions, symbols of the linker script, and the assembly of this target. */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include <stddef.h>
#include <stdint.h>

/* ---- Handed over by boot.S ---- */
extern uint64_t boot_protocol; /* 0: PVH, 1: Linux 64-bit */
extern uint64_t boot_information;

/* ---- Limits of the image (guest.ld) ---- */
extern uint8_t image_start[], text_start[], text_end[], rodata_start[], rodata_end[], data_start[], image_end[];

/* ---- Ports ---- */
static inline void port_write8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void port_write32(uint16_t port, uint32_t value) {
  __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}
static inline uint8_t port_read8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline void port_write_bytes(uint16_t port, const void *bytes, uint64_t length) {
  __asm__ volatile("rep outsb" : "+S"(bytes), "+c"(length) : "d"(port) : "memory");
}

#endif
