/*
{
  "title": "A far jump to the unikernel's own code segment, selector 8, which means CPL 0: then CLI. At CPL 0 it is there already",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, JMP; volume 3A, section 5.8.1",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

struct __attribute__((packed)) far_pointer {
  uint64_t offset;
  uint16_t selector;
};

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("leaq 1f(%%rip), %%rax\n movq %%rax, (%0)\n rex64 ljmp *(%0)\n 1:"
                          : : "r"(&(struct far_pointer){0, 8}) : "rax", "memory"));
  return 0;
}
