/*
{
  "title": "A main that is a number: the unikernel's code, called by itself. Refused",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "refused"},
    "uio-mpk": {"outcome": "refused"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {
    "none": "refused",
    "uio-mpk": "refused",
    "mpk-hardened": "refused",
    "ring3": "refused",
    "pks-hardened": "refused"
  , "mpk-bundled": "refused"}
}
*/
#include "attack.h"

__asm__(
    ".globl main\n"
    "main = 0x102000\n");
