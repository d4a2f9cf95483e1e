/*
{
  "title": "An interrupt descriptor table without entries, then a fault",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 6.10",
  "elsewhere": {"qemu-tcg": "QEMU multiplies the vector by 16 in the error code of an IDT that is too short (SDM volume 3A, 6.13)"},
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9", "event": "tripleFault"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "descriptorTableWrite"},
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
  BYPASS(const struct table_register none = {0, 0}; write_idtr(none); __asm__ volatile("ud2"));
  return 0;
}
