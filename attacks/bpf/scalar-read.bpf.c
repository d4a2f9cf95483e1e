/*
{
  "title": "The application's secret read directly, at the address that a helper gives for its name",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (oob)",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 scalar_read(const void *context) { return *(const volatile u64 *)get_addr("secret"); }
