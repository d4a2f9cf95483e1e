/*
{
  "title": "A map's key in the unikernel's memory",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

MAP(numbers, ARRAY, sizeof(u32), sizeof(u64), 16);

PROGRAM("exec") u64 helper_key(const void *context) { return (u64)map_lookup_elem(&numbers, (const void *)get_addr("count")) == 1; }
