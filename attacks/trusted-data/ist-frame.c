/*
{
  "title": "The interrupt stacks overwritten, which every right may write: they are supervisor pages. Completes, as no frame is live while an extension runs on the only processor; with a second one there would be",
  "reference": "Linux 70044df250d0 and d10b554919d4 (the alternate signal stack and protection keys); Connor et al., PKU Pitfalls: Attacks on PKU-based Memory Isolation Systems, USENIX Security 2020",
  "cells": {
    "none": {"outcome": "completed"},
    "uio-mpk": {"outcome": "completed"},
    "mpk-hardened": {"outcome": "completed"},
    "ring3": {"outcome": "contained", "event": "exception"},
    "pks-hardened": {"outcome": "completed"},
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

int main(void) {
  GOAL_END();
  BYPASS(
      const volatile uint64_t *const stacks = (const volatile uint64_t *)(task_state() + 36);
      for (int index = 0; index < 2; index++)
        for (unsigned word = 1; word < 512; word++) ((volatile uint64_t *)stacks[index])[-(int)word] = 0x6666;);
  return 0;
}
