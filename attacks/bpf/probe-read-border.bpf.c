/*
{
  "title": "Eight bytes that begin in a variable which programs may read and end behind it",
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

PROGRAM("exec") u64 probe_read_border(const void *context) {
  const u64 place = get_addr("count");
  return probe_read(place, 8) == MISSING || probe_read(place + 4, 8) == MISSING;
}
