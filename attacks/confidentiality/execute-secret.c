/*
{
  "title": "A jump into the application's secret, whose bytes the report of the fault might tell. Contained, and it tells addresses only",
  "reference": "Gravani et al., Fast Intra-kernel Isolation and Security with IskiOS, RAID 2021",
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

int main(void) {
  GOAL_END();
  BYPASS(((void (*)(void))(uintptr_t)secret)());
  return 0;
}
