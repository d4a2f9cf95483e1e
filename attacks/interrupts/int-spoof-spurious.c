/*
{
  "title": "INT 255, the vector of spurious interrupts. Contained, as no interrupt of that vector is in service",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 11.8.4; OASIS, Virtual I/O Device (VIRTIO) Version 1.2, 2022",
  "elsewhere": {"qemu-tcg": "QEMU multiplies the vector by 16 in the error code of a gate that INT n may not use (SDM volume 3A, 6.13)"},
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
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
  BYPASS(__asm__ volatile("int $255"));
  return 0;
}
