/*
{
  "title": "INT3, whose gate has DPL 0 as all others",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 6.12.1.2",
  "elsewhere": {"qemu-tcg": "QEMU multiplies the vector by 16 in the error code of a gate that INT n may not use (SDM volume 3A, 6.13)"},
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
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
  BYPASS(__asm__ volatile("int3"));
  return 0;
}
