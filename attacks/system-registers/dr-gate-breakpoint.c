/*
{
  "title": "An execution breakpoint in a gate, on the unikernel's stack: the debug exception is the unikernel's own",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, section 18.2; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["host_ushell_puts"],
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
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

void host_ushell_puts(const char *text);

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("mov %0, %%dr0\n mov %1, %%dr7" : : "r"(host_ushell_puts), "r"(2ull)); ushell_puts("stopped?\n"));
  return 0;
}
