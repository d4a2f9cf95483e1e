/*
{
  "title": "Twenty initializers that each use most of a budget of its own: the application stands still for five seconds, and nothing is stopped",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024; Lefeuvre et al., FlexOS: Towards Flexible OS Isolation, ASPLOS 2022",
  "elsewhere": {"qemu-tcg": "budgets are real time there, in which more or less is done"},
  "within": "8s",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "hung", "rule": "I9"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "interrupt"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "pks-hardened": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"

// Waits for the timer's next tick: a design that takes HLT away has its extensions wait without.
#ifdef USHELL_SERVICES
#define WAIT() __asm__ volatile("pause")
#else
#define WAIT() __asm__ volatile("hlt")
#endif

// Twenty entries of .init_array wait for 200 ms each.
static void spin(void) {
#ifndef CONTROL
  static int has_begun;
  if (!has_begun) ANNOUNCE_BYPASS();
  has_begun = 1;
  for (const uint64_t start = ushell_ticks(); ushell_ticks() < start + 55;) WAIT();
#endif
}

__attribute__((section(".init_array"), used)) static void (*const initializers[20])(void) = {
    spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin, spin};

int main(void) {
  GOAL_END();
#ifdef CONTROL
  ANNOUNCE_BYPASS();
#endif
  return 0;
}
