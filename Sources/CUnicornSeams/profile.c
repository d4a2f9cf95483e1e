// Profiles: every retired instruction is counted where it was, exactly, while somebody asks for it.
//
// Each block then calls seams_profile_enter before its first instruction. What was retired since the block before was entered belongs
// to that block, so that nothing is lost or counted twice however blocks are left: by a fault, at the horizon, for a second try.

#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "profile.h"

enum { NODES_MAX = 1 << 20, DEPTH_MAX = 256, NO_SAMPLE = UINT32_MAX };

// So many instructions of a block, or cycles of one instruction.
typedef struct profile_sample {
  const profile_block *block;  // NULL: cycles
  uint64_t address;            // of the cycles' instruction
  uint32_t node, tag;
  uint16_t from, to;  // the instructions of the block; of cycles `from` is their kind
  uint64_t amount;
} profile_sample;

static void *grown(void *old, size_t count, size_t size) {
  void *new = realloc(old, count * size);
  if (!new) abort();
  return new;
}

static uint64_t mixed(uint64_t value) {
  value *= 0x9e3779b97f4a7c15;
  return value ^ value >> 29;
}

// MARK: nodes

static uint32_t *node_place(struct seams_profile *p, uint32_t parent, uint64_t site, uint32_t kind) {
  uint32_t mask = 2 * p->node_capacity - 1;
  for (uint32_t at = (uint32_t)mixed(mixed(site) + parent * 4ull + kind);; at++) {
    uint32_t *place = &p->node_index[at & mask];
    if (!*place) return place;
    const seams_profile_node *n = &p->nodes[*place - 1];
    if (n->parent == parent && n->site == site && n->kind == kind) return place;
  }
}

static void grow_nodes(struct seams_profile *p) {
  p->node_capacity = p->node_capacity ? 2 * p->node_capacity : 1024;
  p->nodes = grown(p->nodes, p->node_capacity, sizeof *p->nodes);
  free(p->node_index);
  p->node_index = calloc(2 * (size_t)p->node_capacity, sizeof *p->node_index);
  if (!p->node_index) abort();
  for (uint32_t n = 1; n < p->node_count; n++) {
    const seams_profile_node *node = &p->nodes[n];
    *node_place(p, node->parent, node->site, node->kind) = n + 1;
  }
}

uint32_t seams_profile_child(struct seams_profile *p, uint32_t parent, uint64_t site, uint32_t kind) {
  uint32_t *place = node_place(p, parent, site, kind);
  if (*place) return *place - 1;
  uint32_t depth = p->nodes[parent].depth + 1;
  if (depth > DEPTH_MAX || p->node_count >= NODES_MAX) return parent;
  if (p->node_count == p->node_capacity) {
    grow_nodes(p);
    place = node_place(p, parent, site, kind);
  }
  p->nodes[p->node_count] = (seams_profile_node){.site = site, .parent = parent, .kind = kind, .depth = depth};
  *place = ++p->node_count;
  return p->node_count - 1;
}

// MARK: samples

static bool is_same(const profile_sample *a, const profile_sample *b) {
  return a->block == b->block && a->address == b->address && a->node == b->node && a->tag == b->tag && a->from == b->from &&
         a->to == b->to;
}

static uint32_t *sample_place(struct seams_profile *p, const profile_sample *s) {
  uint32_t mask = 2 * p->sample_capacity - 1;
  uint64_t hash = mixed((uint64_t)(uintptr_t)s->block + s->address) + mixed((uint64_t)s->node << 32 | s->tag) +
                  ((uint64_t)s->from << 16 | s->to);
  for (uint32_t at = (uint32_t)mixed(hash);; at++) {
    uint32_t *place = &p->sample_index[at & mask];
    if (!*place || is_same(&p->samples[*place - 1], s)) return place;
  }
}

static void grow_samples(struct seams_profile *p) {
  p->sample_capacity = p->sample_capacity ? 2 * p->sample_capacity : 4096;
  p->samples = grown(p->samples, p->sample_capacity, sizeof *p->samples);
  free(p->sample_index);
  p->sample_index = calloc(2 * (size_t)p->sample_capacity, sizeof *p->sample_index);
  if (!p->sample_index) abort();
  for (uint32_t n = 0; n < p->sample_count; n++) *sample_place(p, &p->samples[n]) = n + 1;
}

static uint32_t add(struct seams_profile *p, profile_sample s) {
  uint32_t *place = sample_place(p, &s);
  if (*place) {
    p->samples[*place - 1].amount += s.amount;
    return *place - 1;
  }
  if (p->sample_count == p->sample_capacity) {
    grow_samples(p);
    place = sample_place(p, &s);
  }
  p->samples[p->sample_count] = s;
  *place = ++p->sample_count;
  return p->sample_count - 1;
}

// MARK: translation

void seams_profile_block(seams_engine *e, uint64_t address) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  profile_block *block = calloc(1, sizeof *block);
  if (!block) abort();
  *block = (profile_block){.start = address, .sample = NO_SAMPLE, .next = p->blocks};
  p->blocks = p->building.block = block;
  p->building.count = 0;
  seams_emit_call(e->tcg, CALL_PROFILE, (uint64_t)(uintptr_t)block);
}

static uint8_t flow_of(const instruction *i) {
  if (i->map != MAP_ONE) return FLOW_ON;
  switch (i->opcode) {
    case 0xe8: return FLOW_CALL;
    case 0xff: return i->reg % 8 == 2 ? FLOW_CALL : FLOW_ON;
    case 0xc2: case 0xc3: return FLOW_RETURN;
    case 0xcf: return FLOW_INTERRUPT_RETURN;
    default: return FLOW_ON;
  }
}

void seams_profile_instruction(seams_engine *e, uint64_t address, const instruction *i) {
  if (!e->profile || !e->profile->building.block) return;
  profile_block *block = e->profile->building.block;
  enum { ROOM = sizeof e->profile->building.offsets / sizeof *e->profile->building.offsets };
  if (e->profile->building.count == ROOM) return;
  e->profile->building.offsets[e->profile->building.count++] = (uint16_t)(address - block->start);
  block->bytes = (uint32_t)(address - block->start) + i->length;
  block->flow = flow_of(i);
}

void seams_profile_block_end(seams_engine *e, uint32_t count) {
  struct seams_profile *p = e->profile;
  if (!p || !p->building.block) return;
  profile_block *block = p->building.block;
  p->building.block = NULL;
  block->count = count;
  block->offsets = grown(NULL, count ? count : 1, sizeof *block->offsets);
  memcpy(block->offsets, p->building.offsets, count * sizeof *block->offsets);
}

// MARK: execution

// Puts what was retired into the table. False: the last block was left before its end.
static bool settle(struct seams_profile *p, uint64_t retired) {
  uint64_t amount = retired - p->retired;
  profile_block *block = p->block;
  p->retired = retired;
  if (amount == 0 || !block) {
    // Whatever the engine counts without a block is nowhere.
    if (amount) add(p, (profile_sample){.node = p->calls.node, .tag = p->tag, .from = SEAMS_PROFILE_UNPLACED, .amount = amount});
    return block && p->settled >= block->count;
  }
  if (p->settled == 0 && amount == block->count) {
    p->settled = block->count;
    if (block->sample < p->sample_count) {
      profile_sample *s = &p->samples[block->sample];
      if (s->block == block && s->node == p->calls.node && s->tag == p->tag && s->to == block->count && s->from == 0) {
        s->amount++;
        return true;
      }
    }
    block->sample = add(p, (profile_sample){.block = block, .node = p->calls.node, .tag = p->tag, .to = (uint16_t)block->count, .amount = 1});
    return true;
  }
  uint64_t left = block->count - p->settled, within = amount < left ? amount : left;
  profile_sample s = {.block = block, .node = p->calls.node, .tag = p->tag, .amount = 1};
  s.from = (uint16_t)p->settled;
  s.to = (uint16_t)(p->settled + within);
  if (within) add(p, s);
  p->settled += (uint32_t)within;
  if (amount > within) {  // an instruction that counts several times
    s.from = (uint16_t)(block->count - 1);
    s.to = (uint16_t)block->count;
    s.amount = amount - within;
    add(p, s);
  }
  return p->settled == block->count;
}

void seams_profile_enter(seams_engine *e, profile_block *block) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  // The block is counted already.
  bool is_whole = settle(p, e->horizon - (uint64_t)e->countdown - block->count);
  if (is_whole && p->block->flow != FLOW_ON) seams_calls_follow(p, p->block, block->start, *seams_gpr(e, RSP));
  p->block = block;
  p->settled = 0;
}

void seams_profile_deliver(seams_engine *e, uint32_t vector) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  uint64_t address = FIELD(uint64_t, e->env, ENV_EIP), stack = *seams_gpr(e, RSP);
  // The instruction before it may have been a call or a return.
  bool is_whole = settle(p, seams_retired(e));
  if (is_whole && p->block->flow != FLOW_ON) seams_calls_follow(p, p->block, address, stack);
  p->block = NULL;
  seams_calls_interrupt(p, vector, address, stack);
}

// MARK: the caller

void seams_set_profile(seams_engine *e, bool is_on) {
  if (is_on == (e->profile != NULL)) return;
  if (is_on) {
    struct seams_profile *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->node_count = 1;
    grow_nodes(p);
    p->nodes[0] = (seams_profile_node){0};
    grow_samples(p);
    p->retired = seams_retired(e);
    e->profile = p;
  } else {
    seams_profile_release(e);
  }
  // Blocks call the profile or they do not: all are translated anew.
  seams_flush_blocks_later(e);
}

void seams_profile_tag(seams_engine *e, uint32_t tag) {
  struct seams_profile *p = e->profile;
  if (!p || p->tag == tag) return;
  settle(p, seams_retired(e));
  p->tag = tag;
}

void seams_profile_charge(seams_engine *e, uint32_t kind, uint64_t cycles) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  add(p, (profile_sample){.address = seams_rip(e), .node = p->calls.node, .tag = p->tag, .from = (uint16_t)kind, .amount = cycles});
}

void seams_profile_switches(seams_engine *e, const uint64_t (*bounds)[2], size_t count) {
  struct seams_profile *p = e->profile;
  if (!p || !count) return;
  p->switches = grown(p->switches, count, sizeof *p->switches);
  memcpy(p->switches, bounds, count * sizeof *p->switches);
  p->switch_count = count;
}

size_t seams_profile_nodes(const seams_engine *e, const seams_profile_node **nodes) {
  *nodes = e->profile ? e->profile->nodes : NULL;
  return e->profile ? e->profile->node_count : 0;
}

void seams_profile_take(seams_engine *e, void *context, void (*take)(void *, const seams_profile_sample *)) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  settle(p, seams_retired(e));
  for (uint32_t n = 0; n < p->sample_count; n++) {
    const profile_sample *s = &p->samples[n];
    seams_profile_sample out = {.address = s->address, .node = s->node, .tag = s->tag, .kind = s->from, .amount = s->amount};
    if (!s->block) {
      take(context, &out);
      continue;
    }
    out.kind = SEAMS_PROFILE_INSTRUCTION;
    for (uint32_t i = s->from; i < s->to; i++) {
      out.address = s->block->start + s->block->offsets[i];
      take(context, &out);
    }
  }
  p->sample_count = 0;
  memset(p->sample_index, 0, 2 * (size_t)p->sample_capacity * sizeof *p->sample_index);
}

void seams_profile_release(seams_engine *e) {
  struct seams_profile *p = e->profile;
  if (!p) return;
  e->profile = NULL;
  for (profile_block *block = p->blocks; block;) {
    profile_block *next = block->next;
    free(block->offsets);
    free(block);
    block = next;
  }
  seams_calls_release(p);
  free(p->switches);
  free(p->nodes);
  free(p->node_index);
  free(p->samples);
  free(p->sample_index);
  free(p);
}
