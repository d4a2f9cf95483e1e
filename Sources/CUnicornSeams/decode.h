// An instruction taken apart: prefixes, opcode, operands, length (SDM volume 2, chapter 2).
#ifndef SEAMS_DECODE_H
#define SEAMS_DECODE_H

#include <stdbool.h>
#include <stdint.h>

// Opcode maps.
enum { MAP_ONE = 0, MAP_0F = 1, MAP_0F38 = 2, MAP_0F3A = 3 };
// The prefix that selects among the instructions of one opcode; of F2 and F3 the last one counts, and either hides 66.
enum { PREFIX_NONE = 0, PREFIX_66 = 1, PREFIX_F3 = 2, PREFIX_F2 = 3 };
enum { SEGMENT_ES, SEGMENT_CS, SEGMENT_SS, SEGMENT_DS, SEGMENT_FS, SEGMENT_GS };
enum { REGISTER_NONE = -1, REGISTER_RSP = 4, REGISTER_RBP = 5, REGISTER_RIP = 16 };
enum { INSTRUCTION_BYTES_MAX = 15 };

typedef struct {
  uint8_t bytes[INSTRUCTION_BYTES_MAX];
  uint8_t length;
  uint8_t prefix_count;  // bytes before the opcode's map, REX included
  uint8_t modrm_at;      // index of the ModRM byte in `bytes`
  uint8_t code_bits;     // 16, 32 or 64
  uint8_t map, opcode, modrm;
  bool has_modrm, is_memory;  // is_memory: the ModRM byte names memory
  bool has_lock, has_rep, has_repne, has_operand_prefix, has_address_prefix;
  bool is_vex, is_evex, too_long;
  uint8_t mandatory;     // PREFIX_...
  uint8_t rex;           // 0 if there is none, or none that counts
  bool wide;             // REX.W or VEX.W
  uint8_t vex_length, vex_register, vex_prefix_mix;  // vex_prefix_mix: 66, F2, F3, LOCK or REX before VEX
  uint8_t operand_bytes;  // 2, 4 or 8, from prefixes and mode
  uint8_t address_bytes;  // 2, 4 or 8
  uint8_t reg, rm;        // register numbers, with the REX or VEX bits
  // The memory operand: segment base + base + index * scale + displacement.
  uint8_t segment;
  bool has_override;      // a segment prefix that counts
  int8_t base, index;
  uint8_t scale;
  int64_t displacement;
  uint64_t immediate;     // zero-extended
  uint8_t immediate_bytes;
} instruction;

// Where the bytes come from. May leave by siglongjmp (a fetch fault).
typedef uint8_t (*code_reader)(void *context, uint64_t address);

void seams_decode(instruction *out, int code_bits, uint64_t address, code_reader read, void *context);

#endif
