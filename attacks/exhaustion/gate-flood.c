/*
{
  "title": "A gate called without end. Contained: the budget ends in it",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "elsewhere": {"qemu-tcg": "budgets are real time there, in which more or less is done"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained"}
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
  BYPASS(for (;;) ushell_puts(""));
  return 0;
}
