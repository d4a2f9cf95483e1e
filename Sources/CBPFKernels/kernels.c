#include "CBPFKernels.h"

uint64_t bpf_kernel_alu(uint64_t count) {
  uint64_t result = 1;
  do {
    result += 7;
    result ^= count;
    result *= 3;
    result = (uint32_t)result >> 1;
  } while (--count != 0);
  return result;
}

uint64_t bpf_kernel_memory(uint64_t *context, uint64_t count) {
  // Volatile: the BPF program writes and reads its stack as well.
  volatile uint64_t slot;
  uint64_t result = 0;
  do {
    slot = context[1] + count;
    result += *(volatile uint32_t *)&slot;
    ((unsigned char *)context)[3] = (unsigned char)result;
  } while (--count != 0);
  return result;
}

uint64_t bpf_kernel_helper_calls(uint64_t (*increment)(uint64_t), uint64_t count) {
  uint64_t result = 0;
  do result = increment(result);
  while (--count != 0);
  return result;
}

uint64_t bpf_kernel_map_update(
  bpf_kernel_helper update, void *record, uint64_t map, uint32_t *key, uint64_t *value, uint64_t count) {
  uint64_t result;
  do {
    *key = count & 1023;
    *value = count;
    result = update(map, (uintptr_t)key, (uintptr_t)value, 0, 0, record);
  } while (--count != 0);
  return result;
}
