/*
{
  "title": "A data segment from the local descriptor table, which there is none of. Contained",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 3.5.1; Linux, Documentation/x86 (modify_ldt)",
  "elsewhere": {"qemu-tcg": "QEMU does not look at the limit of an LDT that is not there, and reads at address 0 (SDM volume 3A, 3.5.1)"},
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
  BYPASS(__asm__ volatile("movl %0, %%ds" : : "r"(7) : "memory"));
  return 0;
}
