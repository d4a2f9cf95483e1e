/*
{
  "title": "The application's counter taken for the count of references of an object, which the unikernel's swift_retain increments. Contained: it runs with the extension's rights",
  "reference": "Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["swift_retain"],
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
    "mpk-hardened": {"outcome": "contained", "event": "exception"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "contained", "event": "exception"},
    "mpk-bundled": {"outcome": "refused"}
  }
}
*/
#include "attack.h"

void *swift_retain(void *object);

int main(void) {
  BYPASS(swift_retain((void *)((uint64_t)&count - 8)));
  GOAL_COUNT();
  return 0;
}
