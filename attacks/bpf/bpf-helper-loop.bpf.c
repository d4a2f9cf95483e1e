/*
{
  "title": "A loop that never ends and calls a helper in each round",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (loop2)",
  "elsewhere": {"qemu-tcg": "budgets are real time there, in which more or less is done"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 bpf_helper_loop(const void *context) {
  while (time_get_ns() != 0) {
  }
  return 0;
}
