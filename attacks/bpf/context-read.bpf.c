/*
{
  "title": "A read far behind the context",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (oob2)",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 context_read(const int *context) { return context[1000]; }
