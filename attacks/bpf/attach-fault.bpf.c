/*
{
  "title": "A program that takes a number for an address, at a function that the application calls",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (oob)",
  "attach": "set_count",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 attach_fault(const struct traced_call *call) { return *(const volatile u64 *)call->function; }
