/*
{
  "title": "A text without a zero byte, up to the top of the stack, for the helper that prints it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (bpf_puts does not look at the size); Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 string_unterminated(const void *context) {
  char *text;
  __asm__ volatile("%0 = r10\n %0 += -512" : "=r"(text));
  for (int at = 0; at < 64; at++) ((volatile u64 *)text)[at] = 0x6161616161616161;
  return puts(text);
}
