/*
{
  "title": "The secret's address put into a map, taken from there and read: the verifier knows nothing of such a number",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (helper 5); Linux, security/security.c: LOCKDOWN_BPF_READ_KERNEL; Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "ebpf-verified": {"outcome": "contained", "event": "guest"}
  }
}
*/
#include "uio.h"

MAP(places, HASH, sizeof(u64), sizeof(u64), 4);

PROGRAM("exec") u64 probe_read_map(const void *context) {
  const u64 key = 1;
  const u64 place = get_addr("secret");
  map_update_elem(&places, &key, &place, 0);
  const u64 *found = map_lookup_elem(&places, &key);
  if (found == 0) return 1;
  for (u64 at = 0; at < 32; at += 8) map_put(77, at, probe_read(*found + at, 8));
  return 0;
}
