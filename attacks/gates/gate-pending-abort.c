/*
{
  "title": "The flag that says that a budget is spent, set in a write window: the next gate ends the extension. Contained: it harms nobody else",
  "precondition": "a write window, as uIO exports it",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["overlay_abort_pending"],
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
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

extern uint8_t overlay_abort_pending;

int main(void) {
  GOAL_END();
  BYPASS({
    USHELL_WINDOW(*(volatile uint8_t *)&overlay_abort_pending = 1);
    ushell_puts("");
  });
  return 0;
}
