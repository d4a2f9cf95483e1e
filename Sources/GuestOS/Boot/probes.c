/* The table of traced functions, and the handler of their breakpoints: in C and in a section of its own, so that it
 * depends on nothing that can be traced. */
#ifdef UIO_BPF
#include "GuestBoot.h"

struct probe_site probe_sites[PROBE_SITES_MAX];

__attribute__((section(".text.probes"))) uint8_t probe_breakpoint(struct interrupt_frame *frame) {
  for (uint64_t index = 0; index < PROBE_SITES_MAX; index++) {
    const struct probe_site *site = &probe_sites[index];
    if (!site->is_breakpoint || site->function != frame->rip - 1) continue;
    /* As if the function had begun with a call of the trampoline. */
    frame->rsp -= 8;
    *(volatile uint64_t *)frame->rsp = site->resume;
    frame->rip = (uint64_t)probe_trampoline;
    return 1;
  }
  return 0;
}
#endif
