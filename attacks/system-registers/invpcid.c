/*
{
  "title": "INVPCID of all translations. Contained where the processor has none of it, an invalid opcode",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, INVPCID",
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
  BYPASS(const uint64_t descriptor[2] = {0, 0}; __asm__ volatile("invpcid %0, %1" : : "m"(descriptor), "r"(2ull)));
  return 0;
}
