/*
{
  "title": "MOV SS holds off the trap of TF until SYSCALL is done: a gate that keeps TF meets it at CPL 0, on the extension's stack",
  "reference": "CVE-2018-8897 (MOV SS and POP SS); Peterson and Nemets, POP SS/MOV SS Vulnerability, 2018",
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
  BYPASS(__asm__ volatile("movl %%ss, %%edi\n pushfq\n orq $0x100, (%%rsp)\n popfq\n movl %%edi, %%ss\n syscall"
                          : : "a"(9) : "rcx", "rdi", "r11", "memory", "cc"));
  return 0;
}
