/*
{
  "title": "An address of the extension's own given back to the unikernel's heap, in a write window: it panics",
  "precondition": "a write window, as uIO exports it",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["free"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
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

void free(void *block);

static uint8_t own[256];

int main(void) {
  GOAL_END();
  BYPASS(USHELL_WINDOW(free(own + 64)));
  return 0;
}
