/*
{
  "title": "A jump to memory of the unikernel's that was divided from a large page. Contained: no part of it is executable",
  "reference": "wasmtime issues 13982 and 7942 (rights lost when a mapping changes)",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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
  BYPASS(((void (*)(void))(read_cr3() & ADDRESS_MASK))());
  return 0;
}
