// Shows: an extension's own library may use names that the unikernel has for itself: free, start, thread_start. Only what
// the unikernel exports is out of reach. own-names-caller.c uses it.
// Expected: loads; has no main.
#include "own-names.h"

int freed;
int thread_start = 77;

void free(void *block) {
  (void)block;
  freed++;
}

int start(void) { return 5; }

// Nobody gets this one: the unikernel exports the name.
uint64_t get_count(void) { return ~0ull; }
