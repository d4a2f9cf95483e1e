/*
{
  "title": "Interrupts off, then HLT: nothing wakes the processor again",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, HLT",
  "cells": {
    "none": {"outcome": "hung"},
    "uio-mpk": {"outcome": "hung"},
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
  BYPASS(__asm__ volatile("cli\n hlt"));
  return 0;
}
