/*
{
  "title": "The application's console written by REP OUTSB, where the port is no part of the instruction",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I6"},
    "uio-mpk": {"outcome": "escaped", "rule": "I6"},
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

static const char *text = "1000\n";
static uint64_t length = 5;

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("rep outsb" : "+S"(text), "+c"(length) : "d"(0x3f8) : "memory"));
  return 0;
}
