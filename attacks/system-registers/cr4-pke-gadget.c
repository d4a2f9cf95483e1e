/*
{
  "title": "CR4.PKE cleared by a function of the unikernel's, which is called with the extension's rights: any code is executable for everybody",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3",
  "symbols": ["write_cr4", "once_write_cr4"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

// The unikernel's, by one of its names. One that is unmapped after the boot is there by name only. (processor.h has a write_cr4 of its own.)
void write_cr4(uint64_t value) __attribute__((weak));
void once_write_cr4(uint64_t value) __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS((write_cr4 ? write_cr4 : once_write_cr4)(1 << 5));
  GOAL_COUNT();
  return 0;
}
