/*
{
  "title": "CR4.OSXSAVE set, PKRU enabled in XCR0, XRSTOR of an area that says that PKRU is in its initial state, which is 0",
  "precondition": "a processor with XSAVE and CR4.PKE = 1; without XSAVE the MOV to CR4 is #GP",
  "reference": "Linux ae6012d72fa6 (x86/pkeys: Ensure updated PKRU value is XRSTOR'd)",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

static uint8_t area[4096] __attribute__((aligned(64)));

static void restore(void) {
  write_cr4(read_cr4() | 1ull << 18);
  __asm__ volatile("xsetbv" : : "c"(0), "a"(1u | 1u << 9), "d"(0) : "memory");
  __asm__ volatile("xrstor %0" : : "m"(area), "a"(1u << 9), "d"(0) : "memory");
}

int main(void) {
  BYPASS_OF_KEYS(restore());
  GOAL_COUNT();
  return 0;
}
