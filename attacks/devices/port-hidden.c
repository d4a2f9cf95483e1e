/*
{
  "title": "OUT as the second byte of another instruction, jumped into: a number of the attacker's on the application's console. No scan at every offset can refuse a single byte",
  "reference": "Vahldiek-Oberwagner et al., ERIM, USENIX Security 2019, section 3; Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "mpk-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "mpk-bundled": {"outcome": "completed"}
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

// mov $0x90c390ee, %eax; ret: from its second byte on OUT %al to port %dx, NOP, RET.
__asm__(
    ".text\n"
    "hidden:\n"
    "  movl $0x90c390ee, %eax\n"
    "  ret\n");
extern const char hidden[];

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("call *%0" : : "r"(hidden + 1), "a"('6'), "d"(0x3f8) : "memory"));
  return 0;
}
