/*
{
  "title": "A store to the page that the unikernel publishes: all others would read it. Designs without that page have nothing there",
  "reference": "Linux, Documentation/ABI/stable/vdso; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.6.1",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
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
  BYPASS(*(volatile uint64_t *)0x200001000 = ATTACK_COUNT);
  return 0;
}
