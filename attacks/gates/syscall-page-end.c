/*
{
  "title": "SYSCALL as the last instruction of a page with nothing behind it: the gate has to return to where nothing is mapped",
  "reference": "CVE-2012-0217 (SYSRET with a return address that is not canonical); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B, SYSCALL",
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
    "mpk-hardened": "refused",
    "ring3": "completed",
    "pks-hardened": "refused"
  , "mpk-bundled": "refused"}
}
*/
#include "ushell.h"

// Called by its address, so that no procedure linkage table follows the code.
static void (*const volatile say)(const char *) = ushell_puts;
#define ushell_puts say
#include "attack.h"

// Ends the program's code: what follows is no code, or nothing.
__asm__(
    ".section .text.end, \"ax\", @progbits\n"
    ".p2align 12, 0xcc\n"
    ".skip 4094, 0xcc\n"
    "last: syscall\n"
    ".text\n");
extern const char last[];

int main(void) {
  GOAL_END();
  BYPASS(__asm__ volatile("jmp *%0" : : "r"(last), "a"(9) : "memory"));
  return 0;
}
