/*
{
  "title": "The map that all share filled without end. Completes where nobody verifies: the map is full and says so; the budget of instructions ends the loop",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024 (the prototype's maps grow)",
  "elsewhere": {"qemu-tcg": "budgets are real time there, in which more or less is done"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "ebpf": {"outcome": "contained"},
    "ebpf-verified": {"outcome": "refused"}
  }
}
*/
#include "uio.h"

PROGRAM("exec") u64 map_exhaust(const void *context) {
  for (u64 at = 0;; at++) map_put(1000, at, at);
}
