/*
{
  "title": "XCR0 changed while CR4.OSXSAVE is 0. Contained: an invalid opcode",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2D, XSETBV",
  "elsewhere": {"qemu-tcg": "QEMU looks at CPL before CR4.OSXSAVE (SDM volume 2D, XSETBV: #UD where it is clear)"},
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
  BYPASS(__asm__ volatile("xsetbv" : : "c"(0), "a"(3), "d"(0)));
  return 0;
}
