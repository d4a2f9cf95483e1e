/*
{
  "title": "The unikernel's heap used up by calls of its allocator. Contained under keys: it writes to the heap's lists",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["posix_memalign"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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
  BYPASS(for (void *block;;) posix_memalign(&block, 16, 1 << 20));
  return 0;
}
