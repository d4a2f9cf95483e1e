/*
{
  "title": "A number printed on the application's console, by its port: no key and no page binds a port, and code at CPL 0 reaches all",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
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
  GOAL_END();
  BYPASS(out8(0x3f8, '7'); out8(0x3f8, 10));
  return 0;
}
