/*
{
  "title": "Fourteen arguments of a byte each, which end up on the extension's stack. Completes",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "arguments": ["a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"],
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "completed"},
    "pks-hardened": {"outcome": "completed"},
    "mpk-bundled": {"outcome": "completed"}
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

int main(int argc, char **argv) {
  GOAL_END();
  BYPASS(for (int at = 1; at < argc; at++) ushell_puts(argv[at]); ushell_puts("\n"));
  return argv[argc] != 0;
}
