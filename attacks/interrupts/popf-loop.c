/*
{
  "title": "Interrupts off by POPF, then an endless loop",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, POPF",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
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
  BYPASS(__asm__ volatile("pushfq\n andq $~0x200, (%%rsp)\n popfq" : : : "memory", "cc"); attack_loop());
  return 0;
}
