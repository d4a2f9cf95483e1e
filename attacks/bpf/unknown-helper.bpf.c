/*
{
  "title": "A helper that does not exist",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 unknown_helper(const void *context) { return ((u64 (*)(void))99)(); }
