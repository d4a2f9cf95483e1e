/*
{
  "title": "The gate of BPF programs' helpers called by a native extension, with the application's counter as the place of the call's result. Completes: the gate writes to nothing but the overlay's memory",
  "reference": "Lu et al., MOAT: Towards Safe BPF Kernel Extension, USENIX Security 2024; Lefeuvre et al., Assessing the Impact of Interface Vulnerabilities in Compartmentalized Software, NDSS 2023",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped", "uio-mpk": "contained"}
}
*/
#include "attack.h"

// It takes the place of two arguments, the result, and the number of a helper.
void bpf_helper(void *call);

int main(void) {
  BYPASS(bpf_helper((void *)&count); return 0);
  GOAL_COUNT();
  return 0;
}
