/*
{
  "title": "Eight bytes that begin below a variable which programs may read and end in it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_below(const void *context) {
  const u64 place = get_addr("count");
  return probe_read(place, 8) == MISSING || probe_read(place - 1, 8) == MISSING;
}
