/*
{
  "title": "An object that has the names of functions that the unikernel exports, loaded first: those after it would call them. Completes: nobody takes the place of an export",
  "reference": "System V Application Binary Interface, AMD64 Architecture Processor Supplement, dynamic linking (interposition)",
  "with": ["interpose.part.o"],
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

int main(void) {
  GOAL_END();
  BYPASS(ushell_puts("the unikernel's own\n"));
  return 0;
}
