/*
{
  "title": "A map's new value from the unikernel's memory: the application's secret, for whoever reads the map",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024; CVE-2021-4204",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

MAP(numbers, HASH, sizeof(u64), 32, 16);

PROGRAM("exec") u64 helper_value(const void *context) {
  const u64 key = 1;
  return map_update_elem(&numbers, &key, (const void *)get_addr("secret"), 0);
}
