/*
{
  "title": "A return to the store of set_count. Contained, as the unikernel's code runs with the extension's rights there",
  "reference": "Shacham, The Geometry of Innocent Flesh on the Bone: Return-into-libc without Function Calls, CCS 2007",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  }
}
*/
#include "attack.h"

// Behind the five bytes for whoever traces, and the frame: mov %rdi, count; pop %rbp; ret.
enum { STORE = 9 };

int main(void) {
  BYPASS(__asm__ volatile(
      "leaq 1f(%%rip), %%rsi\n"
      "pushq %%rsi\n"
      "pushq %%rbp\n"
      "pushq %0\n"
      "ret\n"
      "1:" : : "r"((uint64_t)set_count + STORE), "D"((uint64_t)ATTACK_COUNT) : "rsi", "memory"));
  GOAL_COUNT();
  return 0;
}
