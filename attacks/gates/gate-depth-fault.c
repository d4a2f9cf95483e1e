/*
{
  "title": "The count of host functions under way set in a write window, then a fault: the unikernel takes it for its own and panics",
  "precondition": "a write window, as uIO exports it",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022; Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993",
  "elsewhere": {"qemu-tcg": "QEMU leaves RF clear in the flags that a fault saves (SDM volume 3B, 18.3.1.1)"},
  "symbols": ["host_call_depth"],
  "cells": {
    "none": {"outcome": "crashed"},
    "uio-mpk": {"outcome": "crashed"},
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

extern uint32_t host_call_depth;

int main(void) {
  GOAL_END();
  BYPASS({
    USHELL_WINDOW(*(volatile uint32_t *)&host_call_depth = 1);
    __asm__ volatile("ud2");
  });
  return 0;
}
