/*
{
  "title": "The service by which main returns, called from within main: the run ends, with the result that is in RDI. Completes: whose run it is ends it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("syscall" : : "a"(0), "D"(7) : "rcx", "r11", "memory"));
  return 0;
}
