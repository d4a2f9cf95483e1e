/*
{
  "title": "A helper asked to print the unikernel's memory",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 bad_argument(const void *context) { return puts((const char *)0x100000); }
