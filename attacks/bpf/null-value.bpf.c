/*
{
  "title": "A map's value used without a look whether it is there",
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

MAP(numbers, HASH, sizeof(u64), sizeof(u64), 16);

PROGRAM("exec") u64 null_value(const void *context) {
  const u64 key = 7;
  return *(const u64 *)map_lookup_elem(&numbers, &key);
}
