#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

// The processor that this thread is in. The signal makes KVM leave, also when it comes just before KVM is entered.
static _Thread_local struct kvm_run *volatile entered;

static void leave(int signal) {
  (void)signal;
  struct kvm_run *run = entered;
  if (run) run->immediate_exit = 1;
}

static int kick_signal(void) { return SIGRTMIN + 3; }

static void make_timer(ckvm_cpu *cpu) {
  int thread = (int)syscall(SYS_gettid);
  if (cpu->timer_thread == thread) return;
  if (cpu->timer_thread) timer_delete(cpu->timer);
  cpu->timer_thread = 0;
  struct sigaction action = {.sa_handler = leave};
  sigaction(kick_signal(), &action, NULL);
  // Pools of threads block signals in theirs.
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, kick_signal());
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = kick_signal()};
  event._sigev_un._tid = thread;
  if (timer_create(CLOCK_MONOTONIC, &event, &cpu->timer) == 0) cpu->timer_thread = thread;
}

static void arm(ckvm_cpu *cpu, uint64_t nanoseconds) {
  if (nanoseconds == 0 && !cpu->armed) return;
  make_timer(cpu);
  if (!cpu->timer_thread) return;
  struct itimerspec when = {.it_value = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)}};
  timer_settime(cpu->timer, 0, &when, NULL);
  cpu->armed = nanoseconds != 0;
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void fail(ckvm_exit *out, int reason, uint32_t detail) {
  out->stop = CKVM_FAILED;
  out->reason = reason;
  out->detail = detail;
}

static void describe(ckvm_cpu *cpu, ckvm_exit *out) {
  struct kvm_run *run = cpu->run;
  switch (run->exit_reason) {
    case KVM_EXIT_IO:
      out->stop = CKVM_PORT;
      out->is_write = run->io.direction == KVM_EXIT_IO_OUT;
      out->bytes = run->io.size;
      out->count = run->io.count;
      out->address = run->io.port;
      if (run->io.data_offset > cpu->run_bytes ||
          (uint64_t)run->io.size * run->io.count > cpu->run_bytes - run->io.data_offset)
        return fail(out, KVM_EXIT_IO, 0);
      out->data = (uint8_t *)run + run->io.data_offset;
      return;
    case KVM_EXIT_MMIO:
      if (run->mmio.len > sizeof run->mmio.data) return fail(out, KVM_EXIT_MMIO, run->mmio.len);
      out->stop = CKVM_DEVICE;
      out->is_write = run->mmio.is_write;
      out->bytes = run->mmio.len;
      out->count = 1;
      out->address = run->mmio.phys_addr;
      out->data = run->mmio.data;
      return;
    case KVM_EXIT_X86_RDMSR:
    case KVM_EXIT_X86_WRMSR:
      out->stop = run->exit_reason == KVM_EXIT_X86_RDMSR ? CKVM_READ_MSR : CKVM_WRITE_MSR;
      out->address = run->msr.index;
      out->bytes = 8;
      out->count = 1;
      out->data = (uint8_t *)&run->msr.data;
      out->refused = &run->msr.error;
      return;
    case KVM_EXIT_HLT: out->stop = CKVM_HALT; return;
    case KVM_EXIT_SHUTDOWN: out->stop = CKVM_SHUTDOWN; return;
    case KVM_EXIT_IRQ_WINDOW_OPEN: out->stop = CKVM_INTERRUPT_WINDOW; return;
    case KVM_EXIT_DEBUG: out->stop = CKVM_DEBUG; return;
    case KVM_EXIT_SET_TPR: out->stop = CKVM_TASK_PRIORITY; return;
    case KVM_EXIT_INTR: out->stop = CKVM_INTERRUPTED; return;
    case KVM_EXIT_INTERNAL_ERROR: return fail(out, KVM_EXIT_INTERNAL_ERROR, run->internal.suberror);
    default: return fail(out, (int)run->exit_reason, 0);
  }
}

void ckvm_run(ckvm_cpu *cpu, bool only_complete, uint64_t nanoseconds, ckvm_exit *out) {
  memset(out, 0, sizeof *out);
  struct kvm_run *run = cpu->run;
  uint64_t start = now(CLOCK_THREAD_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
  run->immediate_exit = only_complete;
  entered = run;
  if (!only_complete) arm(cpu, nanoseconds);
  int result = ckvm_ioctl(cpu->processor, KVM_RUN, NULL);
  entered = NULL;
  out->run_ns = now(CLOCK_THREAD_CPUTIME_ID) - start;
  out->wall_ns = now(CLOCK_MONOTONIC) - wall;
  cpu->synchronised = run->kvm_valid_regs != 0;
  if (result == -EINTR || result == -EAGAIN) {
    out->stop = CKVM_INTERRUPTED;
  } else if (result < 0) {
    fail(out, result, 0);
  } else {
    describe(cpu, out);
  }
}

void ckvm_want_interrupt_window(ckvm_cpu *cpu, bool wanted) { cpu->run->request_interrupt_window = wanted; }

bool ckvm_can_take_interrupt(const ckvm_cpu *cpu) {
  return cpu->run->ready_for_interrupt_injection && cpu->run->if_flag;
}

uint64_t ckvm_cr8(const ckvm_cpu *cpu) { return cpu->run->cr8; }
void ckvm_set_cr8(ckvm_cpu *cpu, uint64_t value) { cpu->run->cr8 = value; }
