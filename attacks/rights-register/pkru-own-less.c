/*
{
  "title": "All rights taken from itself, so that the processor could push nothing at the next interrupt. Contained, as this machine's interrupt stacks and tables are supervisor pages, which no key binds",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.2; Linux ae6012d72fa6 (x86/pkeys: Ensure updated PKRU value is XRSTOR'd)",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed"
  , "mpk-bundled": "completed"}
}
*/
#include "attack.h"

int main(void) {
  GOAL_END();
  ANNOUNCE_BYPASS();
  BYPASS_SILENT(__asm__ volatile("wrpkru\n1: jmp 1b" : : "a"(~0u), "c"(0), "d"(0) : "memory"));
  return 0;
}
