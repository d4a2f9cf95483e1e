/*
{
  "title": "The end of the extension's time put off for ever in a write window, then an endless loop",
  "precondition": "a write window, as uIO exports it",
  "reference": "Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993; Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022",
  "symbols": ["$e9uio_guest11ContainmentO5watch33_B416380F20A2C7BCD33E16EBA53D3823LLAC5WatchVvpZ"],
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
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

struct watch {
  uint8_t is_running;
  uint64_t thread, deadline;
};
extern volatile struct watch watch __asm__("$e9uio_guest11ContainmentO5watch33_B416380F20A2C7BCD33E16EBA53D3823LLAC5WatchVvpZ");

int main(void) {
  GOAL_END();
  BYPASS(
      USHELL_WINDOW(watch.deadline = ~0ull);
      attack_loop());
  return 0;
}
