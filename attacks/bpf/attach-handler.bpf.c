/*
{
  "title": "A program attached to the function that handlers of interrupts call. Completes: programs run between two instructions, and what handlers rely on is not theirs",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Linux 70044df250d0",
  "attach": "interrupt_dispatch",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 attach_handler(const struct traced_call *call) { return map_put(77, 2, call->function); }
