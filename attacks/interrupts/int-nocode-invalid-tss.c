/*
{
  "title": "INT 10, the vector of #TS, whose handler expects an error code that INT does not push. Contained: the handler tells the two apart",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 6.12.3",
  "elsewhere": {"qemu-tcg": "QEMU multiplies the vector by 16 in the error code of a gate that INT n may not use (SDM volume 3A, 6.13)"},
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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
  BYPASS(__asm__ volatile("int $10"));
  return 0;
}
