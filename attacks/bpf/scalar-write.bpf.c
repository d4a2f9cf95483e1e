/*
{
  "title": "The application's counter overwritten, at the address that a helper gives for its name",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 4); Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 scalar_write(const void *context) {
  *(volatile u64 *)get_addr("count") = 666000;
  return 0;
}
