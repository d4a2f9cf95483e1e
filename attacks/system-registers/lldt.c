/*
{
  "title": "LLDT of the null selector. The unikernel has no local descriptor table, but the register is not the extension's",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, LLDT",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "descriptorTableWrite"},
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
  BYPASS(__asm__ volatile("lldt %w0" : : "r"(0)));
  return 0;
}
