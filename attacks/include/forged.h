/* A jump to the handlers' way in with a frame that nobody has delivered, at the top of the stack that the processor has for a vector. */
#ifndef FORGED_H
#define FORGED_H

#include "processor.h"

void interrupt_common(void);

void forged_payload(void);

static uint64_t forged_vector, forged_rounds, forged_place;
static void (*forged_entry)(void);

__attribute__((naked)) void forged_payload(void) {
  __asm__ volatile(
      "movq count@GOTPCREL(%%rip), %%rax\n"
      "movq %0, (%%rax)\n"
      "1: jmp 1b\n"
      :
      : "i"(ATTACK_COUNT));
}

__attribute__((naked)) static void forge_next(void) {
  __asm__ volatile(
      "1: movq %0, %%rdi\n"
      "movq %1, %%rax\n"
      "subq $128, %%rax\n"  // the handlers add it
      "movq %%rax, (%%rdi)\n"
      "movq $0, 8(%%rdi)\n"
      "leaq 2f(%%rip), %%rax\n"
      "movq %%rax, 16(%%rdi)\n"
      "movl %%cs, %%eax\n"
      "movq %%rax, 24(%%rdi)\n"
      "movq $0x202, 32(%%rdi)\n"
      "movq %%rsp, 40(%%rdi)\n"
      "movl %%ss, %%eax\n"
      "movq %%rax, 48(%%rdi)\n"
      "movq %%rdi, %%rsp\n"
      "movq forged_payload@GOTPCREL(%%rip), %%rax\n"
      "movq %%rax, %%rbx\n movq %%rax, %%rcx\n movq %%rax, %%rdx\n movq %%rax, %%rsi\n movq %%rax, %%rdi\n"
      "movq %%rax, %%rbp\n movq %%rax, %%r8\n movq %%rax, %%r9\n movq %%rax, %%r10\n movq %%rax, %%r11\n"
      "movq %%rax, %%r12\n movq %%rax, %%r13\n movq %%rax, %%r14\n movq %%rax, %%r15\n"
      "jmp *%2\n"
      "2: decq %3\n"
      "jnz 1b\n"
      "ret\n"
      :
      : "m"(forged_place), "m"(forged_vector), "m"(forged_entry), "m"(forged_rounds));
}

/* Forges so many interrupts of a vector, one after the other. While a handler is at it all general registers hold the address of
 * forged_payload, and interrupts stay on. */
static inline void forge_interrupts(uint64_t top, uint64_t vector, uint64_t rounds) {
  forged_place = top - 7 * 8;  // from SS down to the vector
  forged_vector = vector;
  forged_rounds = rounds;
  forged_entry = interrupt_common;
  __asm__ volatile("call %P0" : : "i"(forge_next) : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
                   "r12", "r13", "r14", "r15", "memory", "cc");
}

#endif
