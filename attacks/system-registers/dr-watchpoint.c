/*
{
  "title": "A data breakpoint at the application's counter: its next store is a debug exception",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3B, section 18.2",
  "elsewhere": {"qemu-tcg": "a register holds the time when the unikernel panics"},
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

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("mov %0, %%dr0\n mov %1, %%dr7" : : "r"(&count), "r"(2ull | 0x9ull << 16)));
  return 0;
}
