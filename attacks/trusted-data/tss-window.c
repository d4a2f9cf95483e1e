/*
{
  "title": "A store to the task state segment, in a write window. Contained, as windows are a matter of keys, and the page is read-only",
  "precondition": "a write window, as uIO exports it",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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
  BYPASS(USHELL_WINDOW(*((volatile uint64_t *)(task_state() + 36)) = 0));
  return 0;
}
