/*
{
  "title": "INT1 (F1), the one byte that raises a debug exception. Contained",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, INT n/INTO/INT3/INT1",
  "elsewhere": {"qemu-tcg": "QEMU has no INT1: #UD"},
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
  BYPASS(__asm__ volatile(".byte 0xf1"));
  return 0;
}
