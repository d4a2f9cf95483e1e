// Shows: a record in a ring buffer of the object, as a program hands it to whoever reads the buffer.
// Usage: bpf_exec ring.bpf.o
// Expected: ebpf and ebpf-verified: 0. On the host, sim bpf run --maps shows the record.
#include "uio.h"

static void *(*const ringbuf_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *record, u64 flags) = (void *)132;

MAP(records, 27, 0, 0, 4096);

PROGRAM("exec") u64 ring(const char *text) {
  u64 *record = ringbuf_reserve(&records, sizeof(u64), 0);
  if (!record) return 1;
  *record = text[0];
  ringbuf_submit(record, 0);
  return 0;
}
