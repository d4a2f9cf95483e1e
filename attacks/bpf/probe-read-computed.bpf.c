/*
{
  "title": "The secret by an address that is computed from that of the counter, which programs may read: the lower bits from a loop, as if an index had run away",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_computed(const void *context) {
  const u64 base = get_addr("count");
  const u64 index = (get_addr("secret") - base) / 8;
  for (u64 at = 0; at < 4; at++) map_put(77, at, probe_read(base + (index + at) * 8, 8));
  return 0;
}
