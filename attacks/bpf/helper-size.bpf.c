/*
{
  "title": "A map's value of 512 bytes from a buffer of 8 on the stack",
  "reference": "CVE-2021-4204",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

MAP(numbers, HASH, sizeof(u64), 512, 4);

PROGRAM("exec") u64 helper_size(const void *context) {
  const u64 key = 1;
  u64 value = 1;
  __asm__ volatile("" : "+m"(value));
  return map_update_elem(&numbers, &key, &value, 0);
}
