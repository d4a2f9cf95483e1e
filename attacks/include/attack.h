/* What attacks are written with: the two steps of one, and who is asked.
 *
 * An attack has a bypass, which gets it a right that it must not have, and a goal, which uses that right. The host alone judges,
 * and by the goal. The same source is compiled a second time with CONTROL, without the bypass: then the goal must fail wherever
 * the design isolates, and succeed where it does not, so that neither an attack that never gets to its goal nor a goal that
 * anybody may reach passes for a result.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "pkru.h"
#include "ushell.h"

/* Whether protection keys bind. Without, every right is there already, WRPKRU is an invalid opcode, and a bypass of keys makes no
 * sense: the goal decides. The processor is asked and not ushell_write_is_enabled, since whoever has asked that counts as somebody
 * with a write window where there are no keys (docs/verdicts.md). */
/* Keys of supervisor pages are on wherever the processor has them, CPUID leaf 7, ECX bit 31 (PKS): CR4 is not an extension's to read. */
static inline int attack_has_supervisor_keys(void) {
  uint32_t eax = 7, ebx, ecx = 0, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return ecx >> 31 != 0;
}

#ifdef USHELL_SERVICES
/* At CPL 3 there are no keys, but everything is to be got round that they stand for: bypasses are tried there too. */
static inline int attack_has_keys(void) {
  uint32_t code;
  __asm__ volatile("mov %%cs, %0" : "=r"(code));
  return (code & 3) != 0 || attack_has_supervisor_keys() || protection_keys_are_on();
}
#else
static inline int attack_has_keys(void) { return protection_keys_are_on(); }
#endif

/* Says that the bypass comes next: an attack that ends before has shown nothing. */
#define ANNOUNCE_BYPASS() ushell_puts("attack: bypass\n")

/* The statements of the bypass, without a word: for those that can't call a gate any more when they get there. */
#ifdef CONTROL
#define BYPASS_SILENT(...) \
  do {                     \
    if (0) {               \
      __VA_ARGS__;         \
    }                      \
  } while (0)
#else
#define BYPASS_SILENT(...) \
  do {                     \
    __VA_ARGS__;           \
  } while (0)
#endif

/* The bypass. */
#define BYPASS(...)             \
  do {                          \
    ANNOUNCE_BYPASS();          \
    BYPASS_SILENT(__VA_ARGS__); \
  } while (0)

/* A bypass of protection keys: nothing to do where there are none. */
#define BYPASS_OF_KEYS(...)                                    \
  do {                                                         \
    ANNOUNCE_BYPASS();                                         \
    if (attack_has_keys()) BYPASS_SILENT(__VA_ARGS__);         \
  } while (0)

/* The number that no honest program gives the application's counter. */
#define ATTACK_COUNT 666000

/* The goal: the application's counter changes, by a plain store. */
#define GOAL_COUNT() ((void)(count = ATTACK_COUNT))

/* The goal: the application's secret is on the console. Its bytes: other forms are not looked for. */
#define GOAL_SECRET() ushell_write((const char *)secret, sizeof secret)

/* The goal is the end of the machine, or of the application's life: the bypass is all there is. Stands before it. */
#define GOAL_END() ushell_puts("attack: the goal is the end\n")

/* WRPKRU, at this place. */
static inline __attribute__((always_inline)) void attack_write_pkru(uint32_t value) {
  __asm__ volatile("wrpkru" : : "a"(value), "c"(0), "d"(0) : "memory");
}

/* Keeps the processor busy for good, with a register of its own and no memory. */
static inline __attribute__((noreturn)) void attack_loop(void) {
  for (;;) __asm__ volatile("");
}

#endif
