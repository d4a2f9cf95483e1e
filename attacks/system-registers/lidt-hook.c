/*
{
  "title": "An interrupt descriptor table of the extension's own: the timer's handler is its own, and stores when it has interrupted the unikernel, with all rights",
  "precondition": "CR4.PKE = 1",
  "reference": "Voulimeneas et al., You Shall Not (by)Pass! Practical, Secure, and Fast PKU-based Sandboxing, EuroSys 2022 (signal handlers); Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
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

static uint64_t table[512] __attribute__((aligned(4096)));
uint64_t hook_next __attribute__((visibility("hidden")));
extern const char hook[];

// The next handler is the unikernel's own. PKRU is that of whom the interrupt came upon.
__asm__(
    ".text\n"
    "hook:\n"
    "  pushq %rax\n"
    "  pushq %rcx\n"
    "  pushq %rdx\n"
    "  xorl %ecx, %ecx\n"
    "  rdpkru\n"
    "  testl %eax, %eax\n"
    "  jnz 1f\n"
    "  movq count@GOTPCREL(%rip), %rax\n"
    "  movq $666000, (%rax)\n"
    "1:\n"
    "  popq %rdx\n"
    "  popq %rcx\n"
    "  popq %rax\n"
    "  jmpq *hook_next(%rip)\n");

static void install(void) {
  struct table_register now = read_idtr();
  const volatile uint64_t *const from = (const volatile uint64_t *)now.base;
  for (unsigned at = 0; at < 512; at++) table[at] = from[at];
  hook_next = handler_of(table, 0x20);
  set_handler(table, 0x20, (uint64_t)hook);
  now.base = (uint64_t)table;
  write_idtr(now);
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(install(); return 0);
  GOAL_COUNT();
  return 0;
}
