/*
{
  "title": "The object's read-only constants overwritten",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

static const volatile u64 constant = 7;

PROGRAM("exec") u64 constant_write(const void *context) {
  *(volatile u64 *)&constant = 666000;
  return constant;
}
