// What single instructions and faults take at CPL 3 on the host's own processor, by its time-stamp counter.
//
// Each number is the median of many samples, less what an empty sample takes. The counter runs at a rate of its own: a core that
// is clocked higher or lower does more or less in one of its cycles.
#ifndef COST_PROBE_H
#define COST_PROBE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  COST_PROBE_DEPENDENT,    // an addition that waits for the one before
  COST_PROBE_INDEPENDENT,  // an addition that waits for none
  COST_PROBE_COPIED_BYTE,  // of REP MOVSB from page to page
  COST_PROBE_WRPKRU,
  COST_PROBE_RDPKRU,
  COST_PROBE_RDTSC,
  COST_PROBE_RDRAND,
  COST_PROBE_CPUID,
  COST_PROBE_SYSTEM_CALL,  // getppid, the kernel's work included
  COST_PROBE_PAGE_FAULT,   // a read that the kernel answers with its page of zeros
  COST_PROBE_SIGNAL,       // a page fault handed to a signal handler, and the way back
  COST_PROBE_KEY_SIGNAL,   // the same of a protection key's fault
} cost_probe_kind;

// In thousandths of a cycle of the time-stamp counter; negative: this host has no such thing. Not in several threads at once, as
// the handler of SIGSEGV is replaced while it lasts.
int64_t cost_probe_measure(cost_probe_kind kind);

// The counter's cycles in a second, by the host's monotonic clock; 0: there is none.
uint64_t cost_probe_clock(void);

// The processor's name as CPUID has it (leaves 80000002H to 80000004H), 48 bytes and a 0.
void cost_probe_processor(char name[49]);

// A hypervisor tells that it is there (CPUID leaf 1, ECX bit 31).
bool cost_probe_is_virtual(void);

#endif
