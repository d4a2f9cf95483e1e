/*
{
  "title": "DF, NT and AC set before SYSCALL, for a service whose text is written: backward copies, a nested task, and SMAP lifted. Completes: IA32_FMASK takes them away, and the extension has them back afterwards",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL (IA32_FMASK); Linux 6a6256f9e0eb (AC in entry code)",
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
  static const char text[] = "as it stands\n";
  GOAL_END();
  BYPASS({
    const char *argument = text;
    __asm__ volatile("pushfq\n orq $0x44400, (%%rsp)\n popfq\n syscall\n pushfq\n andq $~0x44400, (%%rsp)\n popfq"
                     : "+D"(argument) : "a"(1) : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
  });
  return 0;
}
