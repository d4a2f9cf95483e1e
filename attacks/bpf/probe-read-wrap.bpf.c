/*
{
  "title": "Ranges that go round: eight bytes at 2^64-4, whose end is below every border",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL; uBPF, issue 230",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_wrap(const void *context) {
  return probe_read(get_addr("count"), 8) != MISSING && probe_read(-4ULL, 8) == MISSING;
}
