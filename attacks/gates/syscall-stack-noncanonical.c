/*
{
  "title": "SYSCALL with a stack pointer that is not canonical: a gate that touches that stack ends in a double fault",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL (it loads no stack pointer); Linux, Documentation/x86/entry_64.rst",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "completed"},
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
  BYPASS(__asm__ volatile("movq %%rsp, %%rbx\n movabsq $0x8000000000000000, %%rsp\n syscall\n movq %%rbx, %%rsp"
                          : : "a"(9) : "rbx", "rcx", "r11", "memory"));
  return 0;
}
