/*
{
  "title": "Memory of the unikernel's heap taken without a window. Contained: it writes to the heap's lists",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["posix_memalign"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

int posix_memalign(void **result, size_t alignment, size_t length);

int main(void) {
  BYPASS(void *block; posix_memalign(&block, 16, 64); return 0);
  GOAL_COUNT();
  return 0;
}
