/*
{
  "title": "A jump to the change of rights in the way out to the overlay, with all rights in EAX and IA32_PKRS in ECX: as gate-mid-leave, where rights are changed by WRMSR",
  "precondition": "CR4.PKE = 1, or CR4.PKS = 1",
  "reference": "Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019, section 3.2; Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025",
  "symbols": ["leave_wrpkru", "count"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"none": "escaped"}
}
*/
#include "attack.h"

extern const char leave_wrpkru[] __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS(
      if (leave_wrpkru) __asm__ volatile(
          "leaq -8(%%rsp), %%r10\n leaq 1f(%%rip), %%rcx\n movq %%rcx, -8(%%rsp)\n xorl %%eax, %%eax\n movl $0x6e1, %%ecx\n xorl %%edx, %%edx\n"
          "jmp *%0\n 1:" : : "r"(leave_wrpkru) : "rax", "rcx", "rdx", "r10", "r11", "memory"));
  GOAL_COUNT();
  return 0;
}
