/*
{
  "title": "A program attached to the heap's allocator, which programs and the shell need themselves. Completes: no helper takes memory at a traced function",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "attach": "heap_allocate",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 attach_allocator(const struct traced_call *call) { return map_put(77, 3, call->arguments[0]); }
