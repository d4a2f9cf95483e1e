/*
{
  "title": "A weak name that is nowhere, called: address 0. Contained: nothing is mapped there",
  "reference": "System V Application Binary Interface, AMD64 Architecture Processor Supplement",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained"}
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

__attribute__((weak)) void nowhere(void);

int main(void) {
  GOAL_END();
  ANNOUNCE_BYPASS();
  void (*volatile call)(void) = nowhere;
  BYPASS_SILENT(call());
  return 0;
}
