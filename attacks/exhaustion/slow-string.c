/*
{
  "title": "One instruction that fills 8 MiB, again and again. Contained: it can be interrupted",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, REP",
  "cells": {
    "none": {"outcome": "contained", "event": "interrupt"},
    "uio-mpk": {"outcome": "contained", "event": "interrupt"},
    "mpk-hardened": {"outcome": "contained", "event": "interrupt"},
    "ring3": {"outcome": "contained", "event": "interrupt"},
    "pks-hardened": {"outcome": "contained", "event": "interrupt"},
    "mpk-bundled": {"outcome": "contained", "event": "interrupt"}
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

static uint8_t area[8 << 20];

int main(void) {
  GOAL_END();
  BYPASS(for (;;) { void *to = area; uint64_t count = sizeof area; __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory"); });
  return 0;
}
