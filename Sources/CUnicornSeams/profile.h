// Where instructions were retired: by the block of code, by the calls that led there, and by whoever is responsible.
#ifndef SEAMS_PROFILE_H
#define SEAMS_PROFILE_H

#include "decode.h"
#include "engine.h"

// How a block of code ends, as far as stacks are concerned.
enum { FLOW_ON, FLOW_CALL, FLOW_RETURN, FLOW_INTERRUPT_RETURN };

// A block as it was translated. It stays for as long as the profile: translated code refers to it.
typedef struct profile_block {
  uint64_t start;      // linear address
  uint16_t *offsets;   // of each instruction, from `start`
  uint32_t count;      // of instructions
  uint32_t bytes;      // of code
  uint32_t sample;     // the last one of the whole block, in the table
  uint8_t flow;
  struct profile_block *next;
} profile_block;

// A call that is under way: where the return address is, and the node of whoever made it.
typedef struct {
  uint64_t slot;        // stack address of the return address; of an interruption RSP as it was
  uint64_t address;     // to return to
  uint32_t caller;      // the node that was current
  bool is_interruption;
} profile_frame;

// The calls of one thread.
typedef struct {
  profile_frame *frames;
  uint32_t count, capacity;
} profile_stack;

// Stacks that wait, at most; of more the one that waits longest is forgotten.
enum { PROFILE_STACKS = 256 };

typedef struct {
  profile_stack stacks[PROFILE_STACKS];  // the first is the current one, the others by when they were last current
  uint32_t count;
  uint32_t node;  // of the code that runs
} profile_calls;

struct seams_profile {
  // The block that was entered last, with how many of its instructions are in the table; NULL after a delivery.
  profile_block *block;
  uint32_t settled;
  uint64_t retired;  // all that is in the table
  uint32_t tag;
  profile_calls calls;

  // Where threads are switched, if that is known: only there a thread begins. {first, end} each.
  uint64_t (*switches)[2];
  size_t switch_count;

  profile_block *blocks;
  struct {
    profile_block *block;
    uint16_t offsets[512];
    uint32_t count;
    uint64_t end;
  } building;

  seams_profile_node *nodes;
  uint32_t node_count, node_capacity;
  uint32_t *node_index;  // 1 + the node; a power of two

  struct profile_sample *samples;
  uint32_t sample_count, sample_capacity;
  uint32_t *sample_index;
};

// The node below `parent` for what comes by this site; `parent` itself where stacks are deeper than any reader looks.
uint32_t seams_profile_child(struct seams_profile *, uint32_t parent, uint64_t site, uint32_t kind);

// profile_calls.c
// The next instruction, at `address`, follows a block that was executed to its end, whose last instruction is at `site`.
void seams_calls_follow(struct seams_profile *, const profile_block *, uint64_t address, uint64_t stack);
// An exception or interrupt is delivered, which comes back to `address` if it ever does.
void seams_calls_interrupt(struct seams_profile *, uint32_t vector, uint64_t address, uint64_t stack);
void seams_calls_release(struct seams_profile *);

// For translation: a block begins; an instruction of it; it ends after so many.
void seams_profile_block(seams_engine *, uint64_t address);
void seams_profile_instruction(seams_engine *, uint64_t address, const instruction *);
void seams_profile_block_end(seams_engine *, uint32_t count);
// For execution.
void seams_profile_enter(seams_engine *, profile_block *);
void seams_profile_deliver(seams_engine *, uint32_t vector);
void seams_profile_release(seams_engine *);

#endif
