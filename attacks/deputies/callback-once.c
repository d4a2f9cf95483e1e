/*
{
  "title": "A function of the extension's own handed to swift_once, which calls it. Contained: it is called with the extension's rights",
  "reference": "Sartakov et al., CubicleOS: A Library OS with Software Componentisation for Practical Isolation, ASPLOS 2021; Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "symbols": ["swift_once"],
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

void swift_once(long *token, void (*body)(void *), void *context);

static long token;

static void goal(void *context) {
  (void)context;
  GOAL_COUNT();
}

int main(void) {
  BYPASS(swift_once(&token, goal, 0));
  GOAL_COUNT();
  return 0;
}
