/*
{
  "title": "A far jump to a code segment of 32 bits, where other systems have it (0x23) and where SYSRET would take it from: other instructions, and SYSCALL by IA32_CSTAR. Contained: there is none",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 5.8.1; volume 2B, SYSRET",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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
  BYPASS(__asm__ volatile("leaq 1f(%%rip), %%rax\n movl %%eax, (%0)\n ljmp *(%0)\n 1:"
                          : : "r"(&(struct far_pointer32){0, 0x23}) : "rax", "memory"));
  return 0;
}
