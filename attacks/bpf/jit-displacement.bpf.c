/*
{
  "title": "A branch over 300 instructions, whose displacement in machine code needs 32 bits. Completes",
  "reference": "CVE-2021-29154",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 jit_displacement(const u8 *context) {
  u64 sum = context[0];
  __asm__ volatile(
      "if %0 == 0 goto 1f\n"
      ".rept 300\n"
      "%0 ^= 0x12345678\n"
      ".endr\n"
      "1:" : "+r"(sum));
  return sum == 1;
}
