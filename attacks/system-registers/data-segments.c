/*
{
  "title": "Data segments of an extension's choice while a service and interrupts come. Completes: 64-bit code does not look at them; one that is not there is contained",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 3.4.4; Linux, Documentation/x86/x86_64/fsgs.rst",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "completed"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS({
    uint32_t stack;
    __asm__ volatile("movl %%ss, %0\n movl %0, %%ds\n movl %0, %%es\n movl %0, %%fs\n movl %0, %%gs" : "=&r"(stack) : : "memory");
    for (const uint64_t start = ushell_ticks(); ushell_ticks() < start + 3;) __asm__ volatile("pause");
    ushell_puts("segments\n");
  });
  return 0;
}
