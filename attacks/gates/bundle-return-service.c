/*
{
  "title": "A return address on the stack that leads into an instruction, when a service is called: the gate goes where the stack says",
  "reference": "Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009, section 2.2.1; Morrisett et al., RockSalt: Better, Faster, Stronger SFI for the x86, PLDI 2012",
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

HIDDEN_FUNCTION(hidden_output);

int main(void) {
  GOAL_END();
  // The service comes back to the constant, and that to the place behind.
  BYPASS(__asm__ volatile("leaq 1f(%%rip), %%rax\n pushq %%rax\n pushq %0\n jmp ushell_ticks@PLT\n .p2align 5\n1:"
                          :
                          : "r"(hidden_output + HIDDEN_BEGINS)
                          : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory"));
  return 0;
}
