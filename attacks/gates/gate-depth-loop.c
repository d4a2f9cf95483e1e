/*
{
  "title": "The count of host functions under way set in a write window, then an endless loop: the end of the budget waits for a gate that never ends",
  "precondition": "a write window, as uIO exports it",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022; Wahbe et al., Efficient Software-Based Fault Isolation, SOSP 1993",
  "symbols": ["host_call_depth"],
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

extern uint32_t host_call_depth;

int main(void) {
  GOAL_END();
  BYPASS({
    USHELL_WINDOW(*(volatile uint32_t *)&host_call_depth = 1);
    attack_loop();
  });
  return 0;
}
