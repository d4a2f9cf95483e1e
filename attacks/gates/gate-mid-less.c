/*
{
  "title": "No rights at all set by a jump to the instruction with which a gate changes rights, IA32_PKRS where it is WRMSR: whoever delivers the exception that follows must not need any",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate)",
  "elsewhere": {"qemu-tcg": "QEMU's processor has keys of supervisor pages, for which the attack has a branch of its own"},
  "symbols": ["write_msr", "service_wrpkru"],
  "cells": {
    "none": {"outcome": "contained"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {
    "pks-hardened": "completed",
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "gate_register.h"

int main(void) {
  GOAL_END();
  BYPASS(gate_write_msr(attack_has_supervisor_keys() ? 0x6e1 : 0, 0xffffffff); attack_loop());
  return 0;
}
