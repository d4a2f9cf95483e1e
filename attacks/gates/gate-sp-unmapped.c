/*
{
  "title": "RSP where nothing is mapped, then a jump to a gate",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
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

int main(void) {
  GOAL_END();
  ANNOUNCE_BYPASS();
  BYPASS_SILENT(__asm__ volatile("movabsq $0x123456789000, %%rsp\n jmp ushell_puts@PLT" : : "D"("") : "memory"));
  return 0;
}
