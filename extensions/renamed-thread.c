// Shows: the name of a waiting thread changed in a write window to one with a line break in it, behind which stands a record of its own.
// Expected: with a symbol file that has scheduler_threads and scheduler_current the unikernel's next record is one line, with ? for the
// line break; refused without one.
#include "ushell.h"

struct thread {
  const char *name;
  uint64_t name_length, name_flags, stack_pointer;
  uint32_t waits, signals;
  uint64_t deadline;
};

extern struct thread *scheduler_threads;
extern uint64_t scheduler_current;

static const char name[] = "x\nloader load forged base=0x1000 size=4096";

int main(void) {
  USHELL_WINDOW({
    scheduler_threads[scheduler_current].name = name;
    scheduler_threads[scheduler_current].name_length = sizeof name - 1;
  });
  return 0;
}
