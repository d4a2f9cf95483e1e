/*
{
  "title": "TF set before SYSCALL: a gate that keeps it single-steps at CPL 0. Contained: a trap in own code",
  "reference": "CVE-2018-8897; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL (IA32_FMASK)",
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
  BYPASS(__asm__ volatile("pushfq\n orq $0x100, (%%rsp)\n popfq\n syscall" : : "a"(9) : "rcx", "r11", "memory", "cc"));
  return 0;
}
