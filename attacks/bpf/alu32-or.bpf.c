/*
{
  "title": "An index that OR of 64 bits makes large, which a verifier that takes over the bounds of 32 bits believes small",
  "reference": "CVE-2020-27194",
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

PROGRAM("exec") u64 alu32_or(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "r2 = 0x600000001 ll\n"
      "if r1 > r2 goto 1f\n"
      "r1 |= 0\n"
      "w2 = w1\n"
      "if w2 > 1 goto 1f\n"
      "r1 >>= 1\n"
      "goto 2f\n"
      "1: r1 = 0x7000000\n"
      "2: r1 = r1\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
