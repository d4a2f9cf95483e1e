/*
{
  "title": "A file name of more than 16 characters, which the prototype copies into 16 bytes. Completes",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (the prototype's loader)",
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
  // The name is handed over whole.
  unsigned length = 0;
  while (argc > 0 && argv[0][length]) length++;
  BYPASS(ushell_put_unsigned(length); ushell_puts(" characters\n"));
  return length < 17;
}
