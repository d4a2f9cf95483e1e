/*
{
  "title": "A non-maskable interrupt that the extension sends its own processor by the local APIC. Contained under keys; the unikernel takes it for the hardware's",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, chapter 11",
  "elsewhere": {"qemu-tcg": "where the NMI comes is a matter of when"},
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
  BYPASS(*(volatile uint32_t *)0xfee00300ull = 0x44400);
  return 0;
}
