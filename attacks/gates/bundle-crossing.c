/*
{
  "title": "An instruction across the edge of a bundle, whose constant begins the next one, and a jump there",
  "reference": "Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009, section 2.2.1; Morrisett et al., RockSalt: Better, Faster, Stronger SFI for the x86, PLDI 2012",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "mpk-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"},
    "pks-hardened": {"outcome": "escaped", "rule": "I6", "event": "consoleOutput"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "refused",
    "pks-hardened": "completed"
  }
}
*/
#include "attack.h"
#include "hidden.h"

__asm__(".text\n"
        ".p2align 5\n"
        ".skip 30, 0x90\n"
        ".byte 0x48, 0xb8\n"  // movabs $HIDDEN_OUTPUT, %rax
        "crossing: .quad " HIDDEN_OUTPUT "\n"
        "ret\n");
extern const char crossing[];

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("call *%0" : : "r"(crossing) : "rax", "rdx", "r11", "memory"));
  return 0;
}
