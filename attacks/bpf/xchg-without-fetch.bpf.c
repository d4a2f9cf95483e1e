/*
{
  "title": "An atomic exchange without the flag that it fetches, which interpreter and translator have taken differently. Refused before it runs",
  "reference": "uBPF pull request 596",
  "cells": {
    "none": {"outcome": "refused"},
    "uio-mpk": {"outcome": "refused"},
    "ebpf": {"outcome": "refused"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 xchg_without_fetch(const void *context) {
  // 0xdb, offset -8, immediate 0xe0: BPF_XCHG without BPF_FETCH.
  __asm__ volatile("*(u64 *)(r10 - 8) = 0\n r1 = 1\n .byte 0xdb, 0x1a, 0xf8, 0xff, 0xe0, 0, 0, 0" : : : "r1", "memory");
  return 0;
}
