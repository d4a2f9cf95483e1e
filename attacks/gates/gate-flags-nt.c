/*
{
  "title": "The nested-task flag set before a gate and during interrupts, which IRETQ would take for a task switch. Completes: the processor clears it in handlers",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, IRET",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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

int main(void) {
  GOAL_END();
  ANNOUNCE_BYPASS();
  BYPASS_SILENT(__asm__ volatile("pushfq\n orq $0x4000, (%%rsp)\n popfq" : : : "memory", "cc");
                for (const uint64_t start = ushell_ticks(); ushell_ticks() < start + 3;) __asm__ volatile("pause");
                ushell_puts("nested\n");
                __asm__ volatile("pushfq\n andq $~0x4000, (%%rsp)\n popfq" : : : "memory", "cc"));
  return 0;
}
