/*
{
  "title": "HLT in a loop, with interrupts on. Contained: the timer wakes the processor, and the budget ends",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, HLT",
  "cells": {
    "none": {"outcome": "contained", "event": "interrupt"},
    "uio-mpk": {"outcome": "contained", "event": "interrupt"},
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
  BYPASS(for (;;) __asm__ volatile("hlt"));
  return 0;
}
