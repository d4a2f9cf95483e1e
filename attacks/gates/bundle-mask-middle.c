/*
{
  "title": "A jump to a jump by a register, past the two instructions that mask the register",
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
    "mpk-bundled": "completed",
    "pks-hardened": "completed"
  }
}
*/
#include "attack.h"
#include "hidden.h"

HIDDEN_FUNCTION(hidden_output);

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("leaq 2f(%%rip), %%rax\n pushq %%rax\n movq %0, %%r11\n jmp 1f\n"
                          "  .p2align 5\n"
                          "  .byte 0x41, 0x81, 0xe3, 0xe0, 0xff, 0xff, 0x00\n"  // andl $0xffffe0, %r11d
                          "  .byte 0x41, 0x0f, 0xba, 0xeb, 0x1f\n"              // btsl $31, %r11d
                          "1: .byte 0x41, 0xff, 0xe3\n"                         // jmp *%r11
                          "  .p2align 5\n2:"
                          :
                          : "r"(hidden_output + HIDDEN_BEGINS)
                          : "rax", "rdx", "r11", "memory"));
  return 0;
}
