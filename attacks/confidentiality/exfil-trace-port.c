/*
{
  "title": "The application's secret as a record of the trace port",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
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
  BYPASS(for (int at = 0; at < 32; at++) out8(0x5e0, secret[at]); out8(0x5e0, 10));
  return 0;
}
