/*
{
  "title": "Interrupts off by an IRETQ to the extension's own code, then an endless loop",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, IRET",
  "elsewhere": {"qemu-tcg": "QEMU reads the frame of IRET at CPL 3 as a supervisor does, which SMAP forbids (SDM volume 3A, 4.6.1)"},
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed"
  , "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile(
      "movq %%rsp, %%rax\n"
      "movq %%ss, %%rcx\n pushq %%rcx\n"
      "pushq %%rax\n"
      "pushfq\n andq $~0x200, (%%rsp)\n"
      "movq %%cs, %%rcx\n pushq %%rcx\n"
      "leaq 1f(%%rip), %%rax\n pushq %%rax\n"
      "iretq\n"
      "1: jmp 1b" : : : "rax", "rcx", "memory"));
  return 0;
}
