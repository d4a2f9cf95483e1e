// The benchmark's kernels as C functions, to compare translated BPF programs with what a compiler makes of the same
// work at -O1. Each says in its comment what the BPF program does.
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A helper of translated programs (HelperThunk.Function).
typedef uint64_t (*bpf_kernel_helper)(
  uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5, void *record);

/// Adds, exclusive-ors, multiplies and shifts in a chain, `count` times.
uint64_t bpf_kernel_alu(uint64_t count);

/// Reads and writes `context` and a slot of stack, `count` times.
uint64_t bpf_kernel_memory(uint64_t *context, uint64_t count);

/// Calls `increment` `count` times.
uint64_t bpf_kernel_helper_calls(uint64_t (*increment)(uint64_t), uint64_t count);

/// Calls `update` with the map, a key and a value, which it writes to `key` and `value`, and flags 0.
uint64_t bpf_kernel_map_update(
  bpf_kernel_helper update, void *record, uint64_t map, uint32_t *key, uint64_t *value, uint64_t count);

/// The helper: r1 + 1, as translated programs and as C functions call it.
uint64_t bpf_kernel_increment_thunk(
  uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5, void *record);
uint64_t bpf_kernel_increment(uint64_t r1);

#pragma clang assume_nonnull end
