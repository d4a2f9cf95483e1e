/*
{
  "title": "A call of the gate into the unikernel by a register, behind its first instructions",
  "reference": "Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009, section 2.2.1; Morrisett et al., RockSalt: Better, Faster, Stronger SFI for the x86, PLDI 2012",
  "symbols": ["overlay_enter", "service_open"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained", "event": "exception"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

void overlay_enter(void);
void service_open(void) __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS(const char *const gate = service_open ? (const char *)service_open : (const char *)overlay_enter;
                 __asm__ volatile("call *%0" : : "r"(gate + 7), "D"(0), "S"(0), "d"(0) : "rax", "rcx", "r8", "r9", "r10", "r11", "memory"));
  GOAL_COUNT();
  return 0;
}
