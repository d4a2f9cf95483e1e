/*
{
  "title": "Return addresses of the thread that calls a traced function. Completes: the helper tells them, by design",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 10)",
  "attach": "set_count",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 unwind_leak(const struct traced_call *call) { return map_put(77, 0, unwind(0)); }
