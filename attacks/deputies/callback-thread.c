/*
{
  "title": "A function of the extension's own handed to the unikernel as a thread's body, in a write window: it is called with all rights. The stack's guard page, which the unikernel makes meanwhile, is a change of the page tables already",
  "precondition": "a write window, as uIO exports it",
  "reference": "Sartakov et al., CubicleOS: A Library OS with Software Componentisation for Practical Isolation, ASPLOS 2021; Lefeuvre et al., FlexOS: Towards Flexible OS Isolation, ASPLOS 2022; Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "elsewhere": {"qemu-tcg": "QEMU leaves RF clear in the flags that a fault saves (SDM volume 3B, 18.3.1.1)"},
  "symbols": ["$e9uio_guest9SchedulerO5startyys12StaticStringV_yyXCtFZ"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"

// Swift passes a static string as three words.
void start_thread(const char *name, uint64_t length, uint64_t flags, void (*body)(void)) __asm__("$e9uio_guest9SchedulerO5startyys12StaticStringV_yyXCtFZ");

static void goal(void) {
  GOAL_COUNT();
  // A thread has nowhere to return to: here it ends the machine.
  for (;;) __asm__ volatile("ud2");
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(USHELL_WINDOW(start_thread("x", 1, 2, goal)); return 0);
  GOAL_COUNT();
  return 0;
}
