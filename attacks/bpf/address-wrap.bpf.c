/*
{
  "title": "A read of 8 bytes at the last address: its end wraps around to 7",
  "reference": "uBPF issue 230 and pull request 434; rbpf issue 94",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 address_wrap(const void *context) { return *(const volatile u64 *)~0ull; }
