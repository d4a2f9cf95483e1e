/*
{
  "title": "The local APIC's task priority raised in a write window, where its register has the window's key, then an endless loop",
  "precondition": "a write window, as uIO exports it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, chapter 11; Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6", "event": "mmioAccess"},
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
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(USHELL_WINDOW(*(volatile uint32_t *)0xfee00080ull = 0xff); attack_loop());
  return 0;
}
