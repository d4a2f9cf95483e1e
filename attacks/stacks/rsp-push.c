/*
{
  "title": "RSP behind the application's counter, then a push",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  }
}
*/
#include "attack.h"

int main(void) {
  BYPASS(__asm__ volatile("movq %%rsp, %%rbx\n movq %0, %%rsp\n pushq %1\n movq %%rbx, %%rsp"
                          : : "r"(&count + 1), "i"(ATTACK_COUNT) : "rbx", "memory"));
  GOAL_COUNT();
  return 0;
}
