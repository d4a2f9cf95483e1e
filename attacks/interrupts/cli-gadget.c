/*
{
  "title": "Interrupts off by a function of the unikernel's, then an endless loop: all of its code is executable for everybody",
  "reference": "Shacham, The Geometry of Innocent Flesh on the Bone: Return-into-libc without Function Calls, CCS 2007; Yee et al., Native Client: A Sandbox for Portable, Untrusted x86 Native Code, IEEE S&P 2009",
  "symbols": ["disable_interrupts"],
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
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

void disable_interrupts(void);

int main(void) {
  GOAL_END();
  BYPASS(disable_interrupts(); attack_loop());
  return 0;
}
