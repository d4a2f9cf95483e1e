/*
{
  "title": "CR0.TS set by LMSW, which is not MOV to CR0",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, LMSW",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "completed", "uio-mpk": "completed", "mpk-hardened": "refused", "pks-hardened": "refused", "mpk-bundled": "refused"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("lmsw %w0" : : "r"(9)));
  // 1: it has come about.
  return read_cr0() >> 3 & 1;
}
