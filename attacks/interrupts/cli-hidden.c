/*
{
  "title": "Interrupts off by a CLI that is a byte of a constant, which is jumped into: a scan for one byte would refuse every program",
  "reference": "Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "contained", "event": "interrupt"}
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

// mov $0x90c390fa, %eax; ret: from its second byte on CLI, NOP, RET.
__asm__(
    ".text\n"
    "hidden:\n"
    "  movl $0x90c390fa, %eax\n"
    "  ret\n");
extern const char hidden[];

int main(void) {
  GOAL_END();
  BYPASS(((void (*)(void))(hidden + 1))(); attack_loop());
  return 0;
}
