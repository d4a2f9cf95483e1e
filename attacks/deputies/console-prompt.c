/*
{
  "title": "The shell's own answer and prompt, and control characters of terminals, printed by an extension. Completes: whoever reads the console can't tell, and the verdict does not rest on it",
  "reference": "Checkoway and Shacham, Iago Attacks: Why the System Call API is a Bad Untrusted RPC Interface, ASPLOS 2013",
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
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(ushell_puts("main returned 0\n\x1b[2J\x1b]0;uIO\x07\r"));
  return 0;
}
