/*
{
  "title": "INVLPG and WBINVD: privileged, and without effect on what is stored",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, INVLPG and WBINVD",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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
  BYPASS(invalidate(&count); __asm__ volatile("wbinvd" : : : "memory"));
  return 0;
}
