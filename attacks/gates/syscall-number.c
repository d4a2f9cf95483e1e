/*
{
  "title": "Services by numbers that there are none of, one of which is a right one in its lower half",
  "reference": "Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL; Linux 4.12, do_syscall_64 (numbers of more than 32 bits)",
  "cells": {
    "none": {"outcome": "contained", "event": "exception"},
    "uio-mpk": {"outcome": "contained", "event": "exception"},
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

int main(void) {
  GOAL_END();
  BYPASS({
    static const uint64_t numbers[] = {1ull << 32 | 9, 11, 1ull << 63, ~0ull};
    for (int at = 0; at < 4; at++)
      __asm__ volatile("syscall" : : "a"(numbers[at]), "D"(ATTACK_COUNT) : "rcx", "r11", "memory");
  });
  return 0;
}
