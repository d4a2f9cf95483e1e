/*
{
  "title": "RSP in the unikernel's data while interrupts come. Contained, and nothing is written there, as every vector has a stack of its own",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 6.14.5",
  "cells": {
    "none": {"outcome": "contained", "event": "interrupt"},
    "uio-mpk": {"outcome": "contained", "event": "interrupt"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "contained", "event": "interrupt"}
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
  BYPASS(__asm__ volatile("movq %0, %%rsp\n1: jmp 1b" : : "r"(&count + 1)));
  return 0;
}
