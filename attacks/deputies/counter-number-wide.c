/*
{
  "title": "A performance counter by a number that is a right one in its lower half",
  "reference": "Linux 4.12, do_syscall_64 (numbers of more than 32 bits)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "counters.h"

int main(void) {
  GOAL_END();
  BYPASS(ushell_start_counter(1ull << 32, COUNT_CYCLES); ushell_stop_counter(1ull << 32));
  return 0;
}
