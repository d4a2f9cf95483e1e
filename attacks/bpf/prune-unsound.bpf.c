/*
{
  "title": "Two ways that meet with different values of a register of which the index is made behind: a verifier that compares too little prunes the second",
  "reference": "CVE-2023-2163",
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

PROGRAM("exec") u64 prune_unsound(const u64 *context) {
  const u32 key = 0;
  u8 *value = map_lookup_elem(&numbers, &key);
  if (!value) return 0;
  u64 index = context[0];
  __asm__ volatile(
      "r1 = %0\n"
      "r2 = 0\n"
      "if r1 == 0 goto 1f\n"
      "r2 = 0x7000000\n"
      "1: r1 = 0\n"
      "if r1 != 0 goto 2f\n"
      "r1 += r2\n"
      "2: r1 = r1\n"
      "%0 = r1" : "+r"(index) : : "r1", "r2", "memory");
  *(volatile u8 *)(value + index) = 1;
  return 0;
}
