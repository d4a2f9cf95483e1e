/*
{
  "title": "A main that is data. Refused",
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
    ".data\n"
    ".globl main\n"
    "main: .byte 0x0f, 0x01, 0xef, 0xc3\n");
