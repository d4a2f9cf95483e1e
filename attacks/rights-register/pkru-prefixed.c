/*
{
  "title": "WRPKRU behind a segment override and a REX prefix, which the processor passes over",
  "precondition": "CR4.PKE = 1",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, section 2.1.1, and volume 2D, WRPKRU",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile(".byte 0x2e, 0x48, 0x0f, 0x01, 0xef" : : "a"(0), "c"(0), "d"(0) : "memory"));
  GOAL_COUNT();
  return 0;
}
