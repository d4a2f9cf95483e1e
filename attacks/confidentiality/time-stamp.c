/*
{
  "title": "RDTSC, by which an extension could tell what the unikernel did meanwhile. Completes where CR4.TSD is clear",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, RDTSC; Oren et al., The Spy in the Sandbox, CCS 2015 (clocks that are too exact)",
  "elsewhere": {"qemu-tcg": "it prints the time"},
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "completed"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(uint32_t low, high; __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)); ushell_put_unsigned(low | high); ushell_puts("\n"));
  return 0;
}
