/*
{
  "title": "WRPKRU whose first two bytes end one section and whose last begins the next",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (sequences that come about behind the scan)",
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

// The loader lays sections of the same rights one behind the other, without a gap where they need no alignment.
__asm__(
    ".section .text.one, \"ax\", @progbits\n"
    "head: .byte 0x0f, 0x01\n"
    ".section .text.two, \"ax\", @progbits\n"
    "tail: .byte 0xef, 0xc3\n"
    ".text\n");
extern const char head[], tail[];

int main(void) {
  // Read where they ended up: the compiler must not reckon with two symbols being apart.
  const char *volatile first = head, *volatile second = tail;
  if (second != first + 2) {
    ushell_puts("pkru-split-section: the sections are not adjacent\n");
    return 2;
  }
  BYPASS_OF_KEYS(__asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(first) : "memory"));
  GOAL_COUNT();
  return 0;
}
