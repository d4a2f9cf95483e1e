/*
{
  "title": "Calls deeper than there are frames, and a store in the innermost",
  "reference": "uBPF issue 479 and pull request 481",
  "arguments": ["g"],
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

static __attribute__((noinline)) u64 deeper(u64 depth) {
  volatile u64 here = depth;
  return depth == 0 ? here : deeper(depth - 1) + here;
}

PROGRAM("exec") u64 call_depth(const u8 *context) { return deeper(8 + (context[0] & 7)); }
