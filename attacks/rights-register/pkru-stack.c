/*
{
  "title": "WRPKRU written to the stack, which is jumped into: the stack is not executable",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (run-time generated code)",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

static void write_code(void) {
  volatile uint8_t code[4] = {0x0f, 0x01, 0xef, 0xc3};
  __asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(code) : "memory");
}

int main(void) {
  BYPASS_OF_KEYS(write_code());
  GOAL_COUNT();
  return 0;
}
