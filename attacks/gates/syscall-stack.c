/*
{
  "title": "SYSCALL with the stack pointer behind the application's counter: a gate that pushes before it has a stack of its own overwrites it",
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
  BYPASS(__asm__ volatile("movq %%rsp, %%rbx\n movq %1, %%rsp\n syscall\n movq %%rbx, %%rsp"
                          : : "a"(9), "r"(&count + 1) : "rbx", "rcx", "r11", "memory"));
  return 0;
}
