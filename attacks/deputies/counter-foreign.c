/*
{
  "title": "What a performance counter has come to that somebody else may have started",
  "reference": "Bhattacharya and Mukhopadhyay, Who Watches the Watchmen? Utilizing Performance Monitors for Compromising Keys of RSA on Intel Platforms, CHES 2015",
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
  BYPASS((void)ushell_read_counter(1));
  return 0;
}
