/*
{
  "title": "Branches whose ways double with each: more states than a verifier follows. Completes where nobody verifies",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "arguments": ["abcdefgh"],
  "within": "20s",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 verifier_states(const u8 *context) {
  u64 sum = 0;
  // Unrolled, since the verifier need not follow the rounds of a loop one by one.
#pragma unroll
  for (u64 round = 0; round < 40; round++) {
    __asm__ volatile("" : "+r"(sum));
    sum += context[round & 63] & 1 ? sum * 3 + 1 : 7;
  }
  u64 at = sum & 127;
  return context[at & 63];
}
