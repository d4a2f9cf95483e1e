/*
{
  "title": "PREFETCH of the application's secret, which never faults, and then the secret for a service's text: what is in a cache is no right",
  "reference": "Gruss et al., Prefetch Side-Channel Attacks: Bypassing SMAP and Kernel ASLR, CCS 2016",
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed"
  , "mpk-bundled": "completed"},
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  }
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("prefetcht0 (%0)\n prefetchnta (%0)" : : "r"(secret) : "memory"); GOAL_SECRET());
  return 0;
}
