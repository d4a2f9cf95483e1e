// Shows: a program that another one takes over from, and records of a ring buffer, taken out by the shell; a program that
// breaks a rule while it holds a record holds up nobody.
// Usage: bpf_attach FUNCTION chain.bpf.o:first, then bpf_records chain.bpf.o records
// Expected: ebpf and ebpf-verified: a record of the function's first argument for each call. With chain.bpf.o:orphan
// attached as well: contained under ebpf, and its record is discarded; refused under ebpf-verified.
#include "uio.h"

static long (*const tail_call)(const void *context, void *programs, u64 index) = (void *)12;
static void *(*const ringbuf_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *record, u64 flags) = (void *)132;

u64 second(const struct traced_call *call);

struct {
  int (*type)[27];
  int (*max_entries)[4096];
} records __attribute__((section(".maps"), used));

struct {
  int (*type)[3];
  int (*max_entries)[2];
  u32 *key;
  u64 (*values[])(const struct traced_call *call);
} programs __attribute__((section(".maps"), used)) = {.values = {[1] = second}};

PROGRAM("trace") u64 first(struct traced_call *call) {
  // Nobody is there.
  tail_call(call, &programs, 0);
  call->arguments[1] = 7;
  tail_call(call, &programs, 1);
  return 1;
}

PROGRAM("trace") u64 second(const struct traced_call *call) {
  u64 *record = ringbuf_reserve(&records, 2 * sizeof(u64), 0);
  if (!record) return 2;
  record[0] = call->arguments[0];
  record[1] = call->arguments[1];
  ringbuf_submit(record, 0);
  return 0;
}

PROGRAM("trace") u64 orphan(const struct traced_call *call) {
  u64 *record = ringbuf_reserve(&records, sizeof(u64), 0);
  if (!record) return 2;
  return *(volatile const u64 *)call->arguments[0];
}
