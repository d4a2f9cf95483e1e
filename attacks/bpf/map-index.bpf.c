/*
{
  "title": "A write at an index that the argument chooses, behind a map's value",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "arguments": ["~~~~~~~~"],
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

MAP(numbers, ARRAY, sizeof(u32), 64, 1);

PROGRAM("exec") u64 map_index(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "r1 &= 0xff\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
