/*
{
  "title": "A program attached to the gate that lets extensions in. Refused: gates can't be traced",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "attach": "overlay_enter",
  "cells": {
    "none": {"outcome": "refused"},
    "uio-mpk": {"outcome": "refused"},
    "ebpf": {"outcome": "refused"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 attach_gate(const struct traced_call *call) { return map_put(77, 1, call->function); }
