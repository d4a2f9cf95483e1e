/*
{
  "title": "CR3 set to a page of zeros: no instruction can be fetched any more, no handler either",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9", "event": "tripleFault"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
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

static uint8_t pages[2 * PAGE];

int main(void) {
  GOAL_END();
  BYPASS(write_cr3(physical((void *)(((uint64_t)pages + PAGE - 1) & ~(uint64_t)(PAGE - 1)))));
  return 0;
}
