/*
{
  "title": "The application's secret read and shown: that everything can be read is what uIO gives its extensions",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Gravani et al., Fast Intra-kernel Isolation and Security with IskiOS, RAID 2021",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
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

int main(void) {
  BYPASS(for (int at = 0; at < 32; at++) ushell_put_hex(secret[at]); ushell_puts("\n"));
  return 0;
}
