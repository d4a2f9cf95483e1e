/*
{
  "title": "A record to the trace port that says that the extension was contained. Completes: a record that an extension wrote is believed by nobody",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 19",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
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
  BYPASS(
      static const char record[] = "contained port-trace.o key-fault at=0x80000000\n";
      for (const char *byte = record; *byte; byte++) out8(0x5e0, *byte));
  return 0;
}
