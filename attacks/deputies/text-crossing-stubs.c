/*
{
  "title": "A text for a service that begins at the end of the page of stubs, which an extension may read where it has one, and goes on in the unikernel's code",
  "reference": "Hu et al., Identifying Arbitrary Memory Access Vulnerabilities in Privilege-Separated Software, ESORICS 2015; Khandaker et al., COIN Attacks, ASPLOS 2020 (addresses across a border)",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {"uio-mpk": "completed", "mpk-hardened": "completed", "ring3": "completed", "pks-hardened": "completed", "mpk-bundled": "completed"}
}
*/
#include "attack.h"
#include "processor.h"

int main(void) {
  GOAL_END();
  BYPASS(ushell_write((const char *)(((uint64_t)ushell_puts & ~0xfffull) + 4088), 16));
  return 0;
}
