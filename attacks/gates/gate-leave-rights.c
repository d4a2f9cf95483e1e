/*
{
  "title": "A jump behind the WRPKRU of overlay_returned: the unikernel goes on with the extension's rights. Contained, as it can't write with them and its handler takes over",
  "precondition": "CR4.PKE = 1",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["overlay_leave"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

void overlay_leave(void);

int main(void) {
  ANNOUNCE_BYPASS();
  BYPASS_SILENT(__asm__ volatile("jmp *%0" : : "r"(overlay_leave), "a"(0) : "memory"));
  GOAL_COUNT();
  return 0;
}
