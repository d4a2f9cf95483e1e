/*
{
  "title": "Interrupts off, then an endless loop: the timer can't end it",
  "reference": "Sung et al., Intra-Unikernel Isolation with Intel Memory Protection Keys, VEE 2020; Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
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
  BYPASS(__asm__ volatile("cli"); attack_loop());
  return 0;
}
