/*
{
  "title": "The secret by a size that is 8 in its lower half, or that with an address near it goes round",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL; CVE-2021-4204",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "ebpf": {"outcome": "completed"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 probe_read_size(const void *context) {
  const u64 place = get_addr("count"), secret = get_addr("secret");
  map_put(77, 0, probe_read(secret, 0x100000008));
  map_put(77, 1, probe_read(place, secret - place + 8));
  map_put(77, 2, probe_read(secret, -secret + place));
  map_put(77, 3, probe_read(secret, 0));
  return 0;
}
