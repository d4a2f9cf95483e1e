/*
{
  "title": "RSP behind the application's counter, then a call of a gate: the return address would overwrite it. Contained, as the extension's own rights push it",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"

int main(void) {
  BYPASS(__asm__ volatile("movq %0, %%rbx\n xchgq %%rbx, %%rsp\n call ushell_write_is_enabled@PLT\n movq %%rbx, %%rsp"
                          : : "r"(&count + 1) : "rax", "rbx", "rcx", "rdx", "memory"));
  GOAL_COUNT();
  return 0;
}
