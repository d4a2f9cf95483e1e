/*
{
  "title": "Constants that are WRPKRU, CLI and MOV to CR in machine code. Completes: nothing can jump into them",
  "reference": "McAllister et al. and others on JIT spraying; Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 jit_immediates(const void *context) {
  u64 sum = 0xc3ef010fc3ef010f;
  __asm__ volatile("%0 ^= 0x00ef010f\n %0 ^= 0x00fac3fa\n %0 ^= 0x00d8220f" : "+r"(sum));
  return sum == 0;
}
