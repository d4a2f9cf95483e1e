/*
{
  "title": "A host function called past its gate, with the extension's rights. Contained, as it writes to the console's buffer",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022; Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019",
  "symbols": ["host_ushell_puts"],
  "cells": {
    "none": {"outcome": "completed"},
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

void host_ushell_puts(const char *text);

int main(void) {
  BYPASS(host_ushell_puts("past the gate\n"));
  return 0;
}
