/*
{
  "title": "INT in a loop. Contained at the first one",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, INT n",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(for (;;) __asm__ volatile("int $0x30"));
  return 0;
}
