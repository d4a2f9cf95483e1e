/*
{
  "title": "A constant of 32 bits taken for one of 64: a verifier that extends its sign never looks at the branch that is taken",
  "reference": "CVE-2017-16995",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 sign_extension(const void *context) {
  u64 result = 0;
  __asm__ volatile(
      "w2 = -1\n"
      "if r2 == -1 goto 1f\n"
      "r3 = 0x138000 ll\n"
      "*(u64 *)(r3 + 0) = 666\n"
      "1: %0 = 0" : "=r"(result) : : "r2", "r3", "memory");
  return result;
}
