/*
{
  "title": "The stack overrun page by page. Contained: nothing is mapped below it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lefeuvre et al., FlexOS: Towards Flexible OS Isolation, ASPLOS 2022",
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
  BYPASS(__asm__ volatile("1: pushq %%rax\n jmp 1b" : : : "memory"));
  return 0;
}
