/*
{
  "title": "The end of an interrupt that is not there, told to the local APIC in a write window",
  "precondition": "a write window, as uIO exports it",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.8.5",
  "cells": {
    "none": {"outcome": "completed"},
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
  BYPASS(USHELL_WINDOW(*(volatile uint32_t *)0xfee000b0ull = 0));
  return 0;
}
