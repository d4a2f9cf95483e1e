/*
{
  "title": "The page tables and the processor's tables read. Completes: that everything can be read is what uIO gives its extensions",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
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
  BYPASS(
      uint64_t sum = *leaf(&count) ^ *(volatile uint64_t *)read_gdtr().base ^ *(volatile uint64_t *)read_idtr().base;
      ushell_put_hex(sum); ushell_puts("\n"));
  return 0;
}
