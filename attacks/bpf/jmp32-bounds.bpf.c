/*
{
  "title": "An index whose bounds come from a comparison of its lower 32 bits: the upper ones are the attacker's",
  "reference": "CVE-2020-8835",
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

PROGRAM("exec") u64 jmp32_bounds(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  // The lower half is at most 7 behind this; the upper one may be anything.
  __asm__ volatile(
      "r1 = %0\n"
      "w2 = w1\n"
      "r1 >>= 32\n"
      "r1 <<= 32\n"
      "r2 &= 7\n"
      "r1 |= r2\n"
      "if w1 <= 7 goto 1f\n"
      "r1 = 0\n"
      "1: %0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
