/*
{
  "title": "Code of the gates read by probe_read: the layout and the gadgets. Completes: code is no secret, whoever has the image has it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "completed"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_tables(const void *context) { return probe_read(get_addr("overlay_enter"), 8) == MISSING; }
