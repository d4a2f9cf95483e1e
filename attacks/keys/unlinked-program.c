/*
{
  "title": "Memory of a program that it is not linked against, by its address: the first one loaded lies where the overlay begins. Completes where all extensions have the same rights",
  "reference": "Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019; Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "with": ["other-program.part.o"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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
  BYPASS(ushell_put_hex(*(volatile uint64_t *)0x80000000); ushell_puts("\n"));
  return 0;
}
