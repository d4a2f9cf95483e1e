/*
{
  "title": "CR8 set to 15, behind which no interrupt comes through, then an endless loop: 44 0F 22 C0, which lists of privileged instructions often miss",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.8.6",
  "cells": {
    "none": {"outcome": "hung", "rule": "I9"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
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

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("mov %0, %%cr8" : : "r"(15ull)); attack_loop());
  return 0;
}
