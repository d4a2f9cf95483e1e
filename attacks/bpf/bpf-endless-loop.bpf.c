/*
{
  "title": "A loop that never ends",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (loop)",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 bpf_endless_loop(const void *context) {
  for (;;) __asm__ volatile("" ::: "memory");
}
