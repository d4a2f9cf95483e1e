/*
{
  "title": "Arithmetic on a map's value that may not be there: 0 and an offset make an address of the attacker's choice",
  "reference": "CVE-2022-23222",
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

PROGRAM("exec") u64 or_null_arithmetic(const void *context) {
  const u64 key = 7;
  u8 *value = map_lookup_elem(&numbers, &key);
  __asm__ volatile("%0 += 0x138000" : "+r"(value));
  if (value) *(volatile u64 *)value = 666000;
  return 0;
}
