/*
{
  "title": "A jump to the gate's SYSRET, with a return address that is not canonical and the application's counter for a stack: Intel's processors would raise #GP at CPL 0 there. Images without that gate have nothing to jump to",
  "reference": "CVE-2012-0217 (SYSRET with a return address that is not canonical); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSRET",
  "symbols": ["leave_sysret"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

extern const char leave_sysret[] __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS(if (leave_sysret) __asm__ volatile(
      "movabsq $0x8000000000000000, %%rcx\n movl $0x202, %%r11d\n movq %1, %%rsp\n jmp *%0"
      : : "r"(leave_sysret), "r"(&count + 1) : "rcx", "r11", "memory"));
  GOAL_COUNT();
  return 0;
}
