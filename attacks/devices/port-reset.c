/*
{
  "title": "The machine reset by the keyboard controller's port: no key and no page binds a port, and code at CPL 0 reaches all",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
  "elsewhere": {"qemu-tcg": "QEMU's microvm has no reset by that port"},
  "cells": {
    "none": {"outcome": "crashed"},
    "uio-mpk": {"outcome": "crashed"},
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
  BYPASS(out8(0x64, 0xfe));
  return 0;
}
