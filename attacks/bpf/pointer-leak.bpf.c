/*
{
  "title": "An address stored where everybody can read it. Completes where nobody verifies: it is no secret's byte, but the layout is known afterwards",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 pointer_leak(const void *context) { return map_put(1, 1, (u64)context); }
