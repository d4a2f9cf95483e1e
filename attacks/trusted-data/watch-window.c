/*
{
  "title": "What the containment knows of the extension that runs, cleared in a write window, then a fault: it is taken for the unikernel's own",
  "precondition": "a write window, as uIO exports it",
  "reference": "Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "elsewhere": {"qemu-tcg": "QEMU leaves RF clear in the flags that a fault saves (SDM volume 3B, 18.3.1.1)"},
  "symbols": ["$e9uio_guest11ContainmentO5watch33_B416380F20A2C7BCD33E16EBA53D3823LLAC5WatchVvpZ"],
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9"},
    "uio-mpk": {"outcome": "crashed", "rule": "I9"},
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

// The first byte says whether an extension runs.
extern volatile uint8_t is_running __asm__("$e9uio_guest11ContainmentO5watch33_B416380F20A2C7BCD33E16EBA53D3823LLAC5WatchVvpZ");

int main(void) {
  GOAL_END();
  BYPASS(
      USHELL_WINDOW(is_running = 0);
      __asm__ volatile("ud2"));
  return 0;
}
