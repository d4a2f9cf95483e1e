/*
{
  "title": "The base of FS changed by its MSR. Nobody uses FS here, but whoever does would find the extension's data",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 3.4.4",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "msrWrite"},
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
  BYPASS(write_msr(0xc0000100, 0x80000000));
  return 0;
}
