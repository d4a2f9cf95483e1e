/*
{
  "title": "The secret read at each call of a function of the application, from between two of its own instructions",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL",
  "attach": "set_count",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

PROGRAM("trace") u64 probe_read_traced(const struct traced_call *call) {
  const u64 place = get_addr("secret");
  for (u64 at = 0; at < 32; at += 8) map_put(77, at, probe_read(place + at, 8));
  return 0;
}
