/*
{
  "title": "The application's secret on the application's own console, which is another's device",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I6"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6"},
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
  BYPASS(for (int at = 0; at < 32; at++) out8(0x3f8, secret[at]));
  return 0;
}
