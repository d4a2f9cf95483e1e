/*
{
  "title": "A write behind the context, at an offset that the argument chooses",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (oob)",
  "arguments": ["~"],
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 context_write(u8 *context) {
  context[64 + context[0]] = 1;
  return 0;
}
