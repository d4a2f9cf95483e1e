/*
{
  "title": "SGDT, SIDT, STR and SMSW: the layout of the processor's tables. Completes: an extension reads everything under these designs",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 5.9",
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
  BYPASS(ushell_put_hex(read_gdtr().base ^ read_idtr().base ^ read_tr() ^ read_cr0()); ushell_puts("\n"));
  return 0;
}
