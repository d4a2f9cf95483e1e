/*
{
  "title": "An index narrowed as one copy and used as another that was overwritten on the stack meanwhile",
  "reference": "Linux, bpf: preserve the id of a spilled scalar (Mikityanskiy, 2024)",
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

PROGRAM("exec") u64 spilled_scalar(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "*(u64 *)(r10 - 64) = r1\n"
      "r2 = *(u64 *)(r10 - 64)\n"
      "w1 = 0x7000000\n"
      "*(u32 *)(r10 - 64) = w1\n"
      "r1 = *(u64 *)(r10 - 64)\n"
      "if r2 > 7 goto 1f\n"
      "r1 = r2\n"
      "1: r1 = r1\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
