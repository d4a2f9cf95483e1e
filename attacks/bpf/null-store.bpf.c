/*
{
  "title": "A store through 0, which machine code without checks would do",
  "reference": "uBPF pull requests 435, 721 and 749",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 null_store(const void *context) {
  u64 place = 0;
  __asm__ volatile("" : "+r"(place));
  *(volatile u64 *)place = 1;
  return 0;
}
