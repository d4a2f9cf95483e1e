/*
{
  "title": "A jump to the WRPKRU of the way out to the overlay, with all rights in EAX and a stack of the extension's: the case that ERIM checks for. Images without that gate have nothing to jump to",
  "precondition": "CR4.PKE = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2",
  "elsewhere": {"qemu-tcg": "QEMU takes WRMSR of any register, and the check behind it refuses"},
  "symbols": ["leave_wrpkru", "count"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

extern const char leave_wrpkru[] __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS(
      if (leave_wrpkru) __asm__ volatile(
          "leaq -8(%%rsp), %%r10\n leaq 1f(%%rip), %%rcx\n movq %%rcx, -8(%%rsp)\n xorl %%eax, %%eax\n xorl %%ecx, %%ecx\n xorl %%edx, %%edx\n"
          "jmp *%0\n 1:" : : "r"(leave_wrpkru) : "rax", "rcx", "rdx", "r10", "r11", "memory"));
  GOAL_COUNT();
  return 0;
}
