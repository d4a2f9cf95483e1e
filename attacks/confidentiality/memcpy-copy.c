/*
{
  "title": "The application's secret copied by a function of the unikernel's that is called past any gate",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023; Sartakov et al., CubicleOS: A Library OS with Software Componentisation for Practical Isolation, ASPLOS 2021",
  "cells": {
    "none": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "leaked", "rule": "I7", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
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

void *memcpy(void *destination, const void *source, size_t length);

static uint8_t copy[32];

int main(void) {
  BYPASS(memcpy(copy, secret, sizeof copy));
  return 0;
}
