/*
{
  "title": "A far call to the descriptor of the task state segment, as to a call gate. Contained: it is none",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 5.8.3 (call gates)",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("lcall *(%0)" : : "r"(&(struct far_pointer32){0, 24}) : "memory"));
  return 0;
}
