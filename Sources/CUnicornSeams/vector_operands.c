// Operands and results of SSE arithmetic, from the bytes of the instruction.

#include "vector_calls.h"

// MARK: operands

uint32_t seams_vector_source_bytes(const instruction *i) {
  if (i->map == MAP_0F3A) return i->opcode == 0x0a ? 4 : i->opcode == 0x0b ? 8 : 16;
  switch (i->opcode) {
    case 0x2a: return i->mandatory >= PREFIX_F3 ? (i->wide ? 8 : 4) : 8;
    case 0x2c: case 0x2d:
      return i->mandatory == PREFIX_F3 ? 4 : i->mandatory == PREFIX_66 ? 16 : 8;
    case 0x2e: case 0x2f: return i->mandatory == PREFIX_66 ? 8 : 4;
    case 0x5a:
      return i->mandatory == PREFIX_66 ? 16 : i->mandatory == PREFIX_F3 ? 4 : 8;
    case 0x5b: case 0x7c: case 0x7d: case 0xd0: return 16;
    case 0xe6: return i->mandatory == PREFIX_F3 ? 8 : 16;
    default: return i->mandatory == PREFIX_F3 ? 4 : i->mandatory == PREFIX_F2 ? 8 : 16;
  }
}

bool seams_vector_sets_flags(const instruction *i) { return i->opcode == 0x2e || i->opcode == 0x2f; }
bool seams_vector_reads_general(const instruction *i) { return i->opcode == 0x2a; }
bool seams_vector_writes_general(const instruction *i) { return i->opcode == 0x2c || i->opcode == 0x2d; }

// MARK: results

bool seams_vector_has_double_results(const instruction *i) {
  bool is_double = i->mandatory == PREFIX_66 || i->mandatory == PREFIX_F2;
  if (i->map == MAP_0F3A) return i->opcode == 0x41;
  if (i->opcode == 0x7c || i->opcode == 0x7d || i->opcode == 0xd0) return i->mandatory == PREFIX_66;
  return i->opcode == 0x5a ? !is_double : is_double;
}

int seams_vector_result_count(const instruction *i) {
  bool is_horizontal = i->opcode == 0x7c || i->opcode == 0x7d || i->opcode == 0xd0;
  if (i->map == MAP_0F && i->mandatory >= PREFIX_F3 && !is_horizontal) return 1;
  return seams_vector_has_double_results(i) || i->opcode == 0x5a ? 2 : 4;
}

bool seams_vector_may_leave_range(const instruction *i) {
  switch (i->opcode) {
    case 0x58: case 0x59: case 0x5a: case 0x5c: case 0x5e: case 0x7c: case 0x7d: case 0xd0: return i->map == MAP_0F;
    case 0x40: case 0x41: return i->map == MAP_0F3A;
    default: return false;
  }
}
