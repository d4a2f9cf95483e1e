/*
{
  "title": "A store below the stack's 512 bytes",
  "reference": "uBPF issue 479 and pull request 481",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 stack_below(const void *context) {
  __asm__ volatile("*(u64 *)(r10 - 520) = 1" ::: "memory");
  return 0;
}
