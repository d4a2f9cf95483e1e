/*
{
  "title": "The application's counter overwritten by the unikernel's memcpy. Contained: it runs with the extension's rights",
  "reference": "Hedayati et al., Hodor: Intra-Process Isolation for High-Throughput Data Plane Libraries, USENIX ATC 2019; Sartakov et al., CubicleOS: A Library OS with Software Componentisation for Practical Isolation, ASPLOS 2021",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  }
}
*/
#include "attack.h"

static const uint64_t number = ATTACK_COUNT;
void *memcpy(void *destination, const void *source, size_t length);

int main(void) {
  BYPASS(memcpy((void *)&count, &number, sizeof number));
  GOAL_COUNT();
  return 0;
}
