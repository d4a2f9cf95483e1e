/*
{
  "title": "SYSRET in own code, with a return address that is not canonical. Contained: it is for CPL 0, and without EFER.SCE for nobody",
  "reference": "CVE-2012-0217 (SYSRET with a return address that is not canonical); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSRET",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("movabsq $0x8000000000000000, %%rcx\n movl $0x202, %%r11d\n sysretq" : : : "rcx", "r11", "memory"));
  return 0;
}
