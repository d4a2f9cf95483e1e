// The calls that are under way, told by CALL, RET, IRET and deliveries, each with the stack pointer.
//
// A frame is found again by what only its own return can bring about: RSP right behind its return address, and control at
// that address. So nothing has to be known of where stacks are: gates that change stacks, threads, handlers on stacks of their own
// and calls that never return are all found by the next return that fits. What fits nothing is a jump, and leaves the calls as they are.

#include <stdlib.h>
#include <string.h>

#include "profile.h"

enum {
  FRAMES_MAX = 1 << 16,
  // A RET to an address that was pushed for it stays within this of its function's return address; a switch of threads does not.
  NEAR = 1 << 12,
};

static profile_stack *current(struct seams_profile *p) { return &p->calls.stacks[0]; }

static void push(struct seams_profile *p, profile_frame frame) {
  profile_stack *s = current(p);
  if (s->count == FRAMES_MAX) return;
  if (s->count == s->capacity) {
    s->capacity = s->capacity ? 2 * s->capacity : 64;
    s->frames = realloc(s->frames, s->capacity * sizeof *s->frames);
    if (!s->frames) abort();
  }
  s->frames[s->count++] = frame;
}

// Calls whose return addresses are overwritten by now, or were popped by no RET, never return.
static void drop_dead(profile_stack *s, uint64_t slot) {
  while (s->count) {
    const profile_frame *top = &s->frames[s->count - 1];
    if (top->is_interruption || slot - top->slot >= NEAR) return;
    s->count--;
  }
}

static void call(struct seams_profile *p, uint64_t site, uint64_t back, uint64_t slot) {
  drop_dead(current(p), slot);
  push(p, (profile_frame){.slot = slot, .address = back, .caller = p->calls.node});
  p->calls.node = seams_profile_child(p, p->calls.node, site, SEAMS_PROFILE_CALL);
}

static bool comes_back(const profile_frame *f, uint64_t address, uint64_t stack) {
  // RET may take arguments away too.
  return !f->is_interruption && f->address == address && stack - f->slot - 8 < NEAR && stack > f->slot;
}

static bool return_within(struct seams_profile *p, profile_stack *s, uint64_t address, uint64_t stack) {
  for (uint32_t n = s->count; n-- > 0;)
    if (comes_back(&s->frames[n], address, stack)) {
      p->calls.node = s->frames[n].caller;
      s->count = n;
      return true;
    }
  return false;
}

// Makes the stack with this number the current one.
static void bring_forward(struct seams_profile *p, uint32_t number) {
  profile_stack chosen = p->calls.stacks[number];
  memmove(p->calls.stacks + 1, p->calls.stacks, number * sizeof chosen);
  p->calls.stacks[0] = chosen;
}

static void begin_stack(struct seams_profile *p) {
  if (p->calls.count == PROFILE_STACKS)
    free(p->calls.stacks[--p->calls.count].frames);
  p->calls.stacks[p->calls.count] = (profile_stack){0};
  bring_forward(p, p->calls.count++);
  p->calls.node = 0;
}

// Whether a RET that fits no call begins a thread. Otherwise it is a jump: of a gate that changes stacks, for one.
static bool begins_thread(const struct seams_profile *p, uint64_t site, uint64_t stack) {
  for (size_t n = 0; n < p->switch_count; n++)
    if (site - p->switches[n][0] < p->switches[n][1] - p->switches[n][0]) return true;
  const profile_stack *s = &p->calls.stacks[0];
  if (p->switch_count || s->count == 0) return false;
  uint64_t top = s->frames[s->count - 1].slot;
  return stack <= top ? top - stack >= 16 * NEAR : stack - top >= NEAR;
}

static void come_back(struct seams_profile *p, uint64_t site, uint64_t address, uint64_t stack) {
  for (uint32_t n = 0; n < p->calls.count; n++)
    if (return_within(p, &p->calls.stacks[n], address, stack)) {
      bring_forward(p, n);
      return;
    }
  if (begins_thread(p, site, stack)) begin_stack(p);
}

static void end_interruption(struct seams_profile *p, uint64_t stack) {
  for (uint32_t number = 0; number < p->calls.count; number++) {
    profile_stack *s = &p->calls.stacks[number];
    for (uint32_t n = s->count; n-- > 0;)
      if (s->frames[n].is_interruption && s->frames[n].slot == stack) {
        // A delivery that failed has left one that never began.
        while (n && s->frames[n - 1].is_interruption && s->frames[n - 1].slot == stack) n--;
        p->calls.node = s->frames[n].caller;
        s->count = n;
        bring_forward(p, number);
        return;
      }
  }
  // A handler goes on elsewhere than where it came: it is over all the same.
  profile_stack *s = current(p);
  for (uint32_t n = s->count; n-- > 0;)
    if (s->frames[n].is_interruption) {
      p->calls.node = s->frames[n].caller;
      s->count = n;
      return;
    }
}

void seams_calls_follow(struct seams_profile *p, const profile_block *block, uint64_t address, uint64_t stack) {
  if (p->calls.count == 0) p->calls.count = 1;
  uint64_t site = block->start + block->offsets[block->count - 1];
  switch (block->flow) {
    case FLOW_CALL: call(p, site, block->start + block->bytes, stack); break;
    case FLOW_RETURN: {
      profile_stack *s = current(p);
      // What is so almost always.
      if (s->count && comes_back(&s->frames[s->count - 1], address, stack))
        p->calls.node = s->frames[--s->count].caller;
      else
        come_back(p, site, address, stack);
      break;
    }
    case FLOW_INTERRUPT_RETURN: end_interruption(p, stack); break;
    default: break;
  }
}

void seams_calls_interrupt(struct seams_profile *p, uint32_t vector, uint64_t address, uint64_t stack) {
  if (p->calls.count == 0) p->calls.count = 1;
  push(p, (profile_frame){.slot = stack, .address = address, .caller = p->calls.node, .is_interruption = true});
  uint32_t at = seams_profile_child(p, p->calls.node, address, SEAMS_PROFILE_CALL);
  p->calls.node = seams_profile_child(p, at, vector, SEAMS_PROFILE_INTERRUPT);
}

void seams_calls_release(struct seams_profile *p) {
  for (uint32_t n = 0; n < p->calls.count; n++) free(p->calls.stacks[n].frames);
}
