/*
{
  "title": "A store behind the extension's own program, where the next one's memory begins. Contained: an unmapped page lies between",
  "reference": "Park et al., libmpk: Software Abstraction for Intel Memory Protection Keys, USENIX ATC 2019 (use after free of keys)",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
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

static volatile uint8_t last;

int main(void) {
  GOAL_END();
  BYPASS(for (volatile uint8_t *at = &last;; at += PAGE) *at = 1);
  return 0;
}
