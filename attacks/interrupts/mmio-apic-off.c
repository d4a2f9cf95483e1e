/*
{
  "title": "The local APIC switched off by a store to its register, then an endless loop. Contained under keys",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, chapter 11",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
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
  BYPASS(*(volatile uint32_t *)0xfee000f0ull = 0xff; attack_loop());
  return 0;
}
