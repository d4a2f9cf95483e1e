/*
{
  "title": "The unikernel's heap used up by calls of its allocator in a write window: it panics for lack of memory",
  "precondition": "a write window, as uIO exports it",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["posix_memalign"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "escaped"},
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

int posix_memalign(void **result, size_t alignment, size_t length);

int main(void) {
  GOAL_END();
  BYPASS(ushell_enable_write(); for (void *block;;) posix_memalign(&block, 16, 1 << 20));
  return 0;
}
