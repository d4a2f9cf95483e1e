/*
{
  "title": "CR0.PG cleared in 64-bit mode. Contained: #GP",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, MOV to control registers",
  "elsewhere": {"qemu-tcg": "QEMU lets CR0.PG be cleared in 64-bit mode (SDM volume 2B, MOV to control registers: #GP)"},
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(write_cr0(read_cr0() & ~(1ull << 31)));
  return 0;
}
