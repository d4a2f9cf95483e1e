/*
{
  "title": "What a gate leaves in the registers that a caller may not rely on, shown. Completes: addresses of the unikernel's are among them, no secret; an extension can read those anyway",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022; Lefeuvre et al., FlexOS: Towards Flexible OS Isolation, ASPLOS 2022",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "completed"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "completed"}
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
  BYPASS({
    uint64_t left[8];
    __asm__ volatile("call ushell_puts@PLT\n"
                     "movq %%rcx, (%1)\n movq %%rdx, 8(%1)\n movq %%rsi, 16(%1)\n movq %%rdi, 24(%1)\n"
                     "movq %%r8, 32(%1)\n movq %%r9, 40(%1)\n movq %%r10, 48(%1)\n movq %%r11, 56(%1)"
                     : : "D"("registers:"), "b"(left)
                     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory");
    for (int at = 0; at < 8; at++) {
      ushell_puts(" ");
      ushell_put_hex(left[at]);
    }
    ushell_puts("\n");
  });
  return 0;
}
