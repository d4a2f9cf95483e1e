/*
{
  "title": "The page of the interrupts' stack made read-only in a write window: the processor can't deliver the next one",
  "precondition": "a write window, as uIO exports it",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
  "cells": {
    "none": {"outcome": "crashed", "rule": "I9", "event": "tripleFault"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
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
#include "processor.h"

static void take(volatile uint8_t *stack) {
  volatile uint64_t *const entry = leaf(stack);
  USHELL_SET(*entry, *entry & ~(uint64_t)WRITABLE);
  invalidate(stack);
}

int main(void) {
  GOAL_END();
  BYPASS({
    const volatile uint64_t *const stacks = (const volatile uint64_t *)(task_state() + 36);
    for (int index = 0; index < 3; index++) take((volatile uint8_t *)stacks[index] - 8);
    attack_loop();
  });
  return 0;
}
