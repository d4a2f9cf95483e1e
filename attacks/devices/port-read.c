/*
{
  "title": "The application's console and the clock's port read. Completes: no rule speaks of reading devices",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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
  BYPASS((void)in8(0x3fd); (void)in8(0x71));
  return 0;
}
