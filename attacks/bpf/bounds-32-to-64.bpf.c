/*
{
  "title": "An index bounded by signed comparisons of 64 bits, from which bounds of 32 bits do not follow",
  "reference": "CVE-2021-31440",
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

PROGRAM("exec") u64 bounds_32_to_64(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "if r1 s< 1 goto 1f\n"
      "w2 = w1\n"
      "r2 <<= 3\n"
      "r1 = r2\n"
      "goto 2f\n"
      "1: r1 = 0x7000000\n"
      "2: r1 = r1\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
