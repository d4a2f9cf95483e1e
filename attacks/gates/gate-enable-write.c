/*
{
  "title": "The write window, as uIO exports it, for a store that nobody asked for. Completes: that an extension writes in a window is what uIO promises its extensions, not a breach",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

int main(void) {
  BYPASS(ushell_enable_write());
  GOAL_COUNT();
  return 0;
}
