/*
{
  "title": "A task state segment of the extension's own, whose interrupt stack ends behind the application's counter: the processor itself pushes there",
  "precondition": "CR4.PKE = 1",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, section 7.7",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I3", "event": "descriptorTableWrite"},
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

static uint64_t descriptors[5];
static uint8_t segment[104];

static void load(void) {
  const struct table_register now = read_gdtr();
  for (unsigned at = 0; at < 5; at++) descriptors[at] = ((const volatile uint64_t *)now.base)[at];
  const volatile uint8_t *const old = task_state();
  for (unsigned at = 0; at < sizeof segment; at++) segment[at] = old[at];
  // IST1, of interrupts: the processor pushes five words below it, the first of which is SS.
  *(volatile uint64_t *)(segment + 36) = ((uint64_t)&count & ~15ull) + 16;
  const uint64_t base = (uint64_t)segment;
  descriptors[3] = 103 | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
  descriptors[4] = base >> 32;
  write_gdtr((struct table_register){sizeof descriptors - 1, (uint64_t)descriptors});
  __asm__ volatile("ltr %w0" : : "r"(24));
}

int main(void) {
  // Under the extension's own rights the push would fault: the next interrupt of the unikernel does it.
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(load(); return 0);
  GOAL_COUNT();
  return 0;
}
