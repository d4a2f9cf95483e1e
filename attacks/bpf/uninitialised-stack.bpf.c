/*
{
  "title": "The stack read before it was written. Completes where nobody verifies: every run starts with a cleared stack",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

#pragma clang diagnostic ignored "-Wuninitialized"

PROGRAM("exec") u64 uninitialised_stack(const void *context) {
  volatile u64 left_over;
  return left_over;
}
