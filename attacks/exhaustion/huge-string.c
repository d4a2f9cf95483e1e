/*
{
  "title": "A text of 15 MB shown by one call of a gate. Contained: the gate looks whether the budget is spent",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "elsewhere": {"qemu-tcg": "budgets are real time there, in which more or less is done"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "contained", "event": "interrupt"}
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

static char text[8 << 20];

int main(void) {
  GOAL_END();
  BYPASS(for (unsigned at = 0; at < sizeof text - 1; at++) text[at] = 97 + at % 26 + (at % 64 == 63) * -87; ushell_puts(text); ushell_puts(text));
  return 0;
}
