/*
{
  "title": "A store to the second of two pages, of which only the first is the extension's. Contained under keys; without, both may be written",
  "reference": "wasmtime issues 13982 and 7942 (a fresh mapping has key 0)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
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
  BYPASS(ushell_test_pages[4096] = 1);
  return 0;
}
