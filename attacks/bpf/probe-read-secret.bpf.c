/*
{
  "title": "The application's secret read by probe_read, eight bytes at a time, and put where everybody reads: where nothing is kept back from the helper, it reads everything",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7"},
    "ebpf": {"outcome": "leaked", "rule": "I7"},
    "ebpf-verified": {"outcome": "contained"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_secret(const void *context) {
  const u64 place = get_addr("secret");
  for (u64 at = 0; at < 32; at += 8) map_put(77, at, probe_read(place + at, 8));
  return 0;
}
