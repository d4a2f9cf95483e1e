/*
{
  "title": "A length of 2^64 - 1 for ushell_write. Completes: the text ends where mapped memory does, behind the program",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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

// Zeros from here to the end of the program's data, behind which nothing is mapped.
static uint8_t tail[16];

int main(void) {
  GOAL_END();
  BYPASS(ushell_write((const char *)tail, ~0ull));
  return 0;
}
