/*
{
  "title": "An index behind AND and XOR with registers of which half of the bits are known",
  "reference": "CVE-2021-3490",
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

PROGRAM("exec") u64 alu32_and_xor(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "r2 = 0xffffffff00000001 ll\n"
      "r1 &= r2\n"
      "r2 = 0x100000002 ll\n"
      "r1 ^= r2\n"
      "w1 += 1\n"
      "r1 <<= 20\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
