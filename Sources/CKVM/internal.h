#ifndef CKVM_INTERNAL_H
#define CKVM_INTERNAL_H

#include <linux/kvm.h>
#include <time.h>

#include "ckvm.h"

struct ckvm_cpu {
  int device, machine, processor;
  struct kvm_run *run;
  size_t run_bytes;
  timer_t timer;
  int timer_thread;  // 0: there is no timer
  bool armed;
  uint32_t pkru_offset;  // in the XSAVE area; 0: no PKRU
  bool can_synchronise;
  bool synchronised;  // the run structure holds the registers as they are
};

int ckvm_ioctl(int file, unsigned long request, void *argument);

#endif
