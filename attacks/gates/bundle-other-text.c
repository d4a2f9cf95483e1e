/*
{
  "title": "A call by a register into an instruction of another program",
  "reference": "Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009, section 2.2.1; Morrisett et al., RockSalt: Better, Faster, Stronger SFI for the x86, PLDI 2012",
  "with": ["bundle-other-text.part.o"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "mpk-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "completed"},
    "pks-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "completed",
    "pks-hardened": "completed"
  }
}
*/
#include "attack.h"
#include "hidden.h"

extern const char other_output[];

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("call *%0" : : "r"(other_output + HIDDEN_BEGINS) : "rax", "rdx", "r11", "memory"));
  return 0;
}
