/*
{
  "title": "CR4.PKE cleared by a function of the unikernel's, which is called with the extension's rights: any code is executable for everybody",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3",
  "symbols": ["write_cr4"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"}
  }
}
*/
#include "attack.h"
#include "processor.h"

void write_cr4_gadget(uint64_t value) __asm__("write_cr4") __attribute__((weak));

int main(void) {
  BYPASS_OF_KEYS(write_cr4_gadget(read_cr4() & ~(1ull << 22)));
  GOAL_COUNT();
  return 0;
}
