#include "decode.h"

#include <stddef.h>
#include <string.h>

#include "unicorn_seams.h"

typedef struct {
  instruction *out;
  uint64_t address;
  code_reader read;
  void *context;
} decoder;

static uint8_t next(decoder *d) {
  instruction *i = d->out;
  if (i->length == INSTRUCTION_BYTES_MAX) {
    i->too_long = true;
    return 0;
  }
  uint8_t byte = d->read(d->context, d->address + i->length);
  i->bytes[i->length++] = byte;
  return byte;
}

static uint64_t number(decoder *d, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value |= (uint64_t)next(d) << (8 * i);
  return value;
}

// MARK: which opcodes have a ModRM byte and an immediate

// One bit an opcode, from the opcode maps (SDM volume 2, appendix A).
static const uint32_t modrm_one[8] = {0x0f0f0f0f, 0x0f0f0f0f, 0, 0x00000a0c, 0x0000ffff, 0, 0xff0f00f3, 0xc0c00000};
static const uint32_t modrm_0f[8] = {0xffffa00f, 0x0000ff0f, 0xffffffff, 0xff7fffff, 0xffff0000, 0xfffff838, 0xffff00ff, 0xffffffff};

static bool bit(const uint32_t *set, uint8_t at) { return set[at >> 5] >> (at & 31) & 1; }

static bool takes_modrm(const instruction *i) {
  switch (i->map) {
    case MAP_ONE: return bit(modrm_one, i->opcode);
    case MAP_0F: return bit(modrm_0f, i->opcode);
    default: return true;
  }
}

static int immediate_one(const instruction *i) {
  int full = i->operand_bytes == 2 ? 2 : 4;
  uint8_t op = i->opcode, reg = i->modrm >> 3 & 7;
  if (op < 0x40) return (op & 7) == 4 ? 1 : (op & 7) == 5 ? full : 0;
  switch (op) {
    case 0x68: case 0x69: case 0x81: case 0xa9: case 0xc7: case 0xe8: case 0xe9: return full;
    case 0x6a: case 0x6b: case 0x80: case 0x82: case 0x83: case 0xa8: case 0xc0: case 0xc1: case 0xc6: case 0xcd:
    case 0xd4: case 0xd5: case 0xe0: case 0xe1: case 0xe2: case 0xe3: case 0xe4: case 0xe5: case 0xe6: case 0xe7: case 0xeb:
      return 1;
    case 0xc2: case 0xca: return 2;
    case 0xc8: return 3;
    case 0x9a: case 0xea: return full + 2;
    case 0xa0: case 0xa1: case 0xa2: case 0xa3: return i->address_bytes;
    case 0xf6: return reg < 2 ? 1 : 0;
    case 0xf7: return reg < 2 ? full : 0;
    default:
      if (op >= 0x70 && op < 0x80) return 1;
      if (op >= 0xb0 && op < 0xb8) return 1;
      if (op >= 0xb8 && op < 0xc0) return i->operand_bytes;
      return 0;
  }
}

static int immediate_0f(const instruction *i) {
  switch (i->opcode) {
    case 0x0f: case 0x70: case 0x71: case 0x72: case 0x73: case 0xa4: case 0xac: case 0xba: case 0xc2: case 0xc4: case 0xc5: case 0xc6:
      return 1;
    case 0x78: return i->mandatory == PREFIX_66 || i->mandatory == PREFIX_F2 ? 2 : 0;  // EXTRQ, INSERTQ
    default:
      if (i->opcode >= 0x80 && i->opcode < 0x90) return i->operand_bytes == 2 ? 2 : 4;
      return 0;
  }
}

static int immediate_size(const instruction *i) {
  switch (i->map) {
    case MAP_ONE: return immediate_one(i);
    case MAP_0F: return immediate_0f(i);
    case MAP_0F3A: return 1;
    default: return 0;
  }
}

// MARK: operands

static void decode_address16(decoder *d) {
  static const int8_t bases[8] = {3, 3, 5, 5, 6, 7, 5, 3}, indexes[8] = {6, 7, 6, 7, -1, -1, -1, -1};
  instruction *i = d->out;
  int mod = i->modrm >> 6, rm = i->modrm & 7;
  i->base = bases[rm];
  i->index = indexes[rm];
  if (mod == 0 && rm == 6) {
    i->base = REGISTER_NONE;
    i->displacement = (int64_t)number(d, 2);
  } else if (mod == 1) {
    i->displacement = (int8_t)next(d);
  } else if (mod == 2) {
    i->displacement = (int16_t)number(d, 2);
  }
}

static void decode_address(decoder *d) {
  instruction *i = d->out;
  int mod = i->modrm >> 6, rm = i->modrm & 7, extra_base = (i->rex & 1) << 3;
  if (rm == 4) {
    uint8_t sib = next(d);
    i->scale = (uint8_t)(1 << (sib >> 6));
    i->index = (int8_t)((sib >> 3 & 7) | (i->rex & 2) << 2);
    if (i->index == 4) i->index = REGISTER_NONE;
    i->base = (int8_t)((sib & 7) | extra_base);
    if ((sib & 7) == 5 && mod == 0) {
      i->base = REGISTER_NONE;
      i->displacement = (int32_t)number(d, 4);
    }
  } else if (rm == 5 && mod == 0) {
    i->base = i->code_bits == 64 ? REGISTER_RIP : REGISTER_NONE;
    i->displacement = (int32_t)number(d, 4);
  } else {
    i->base = (int8_t)(rm | extra_base);
  }
  if (mod == 1) i->displacement = (int8_t)next(d);
  if (mod == 2) i->displacement = (int32_t)number(d, 4);
}

static void decode_operands(decoder *d) {
  instruction *i = d->out;
  i->modrm_at = i->length;
  i->modrm = next(d);
  i->reg = (uint8_t)((i->modrm >> 3 & 7) | (i->rex & 4) << 1);
  i->rm = (uint8_t)((i->modrm & 7) | (i->rex & 1) << 3);
  // MOV to and from control and debug registers: the bits for memory are ignored (SDM volume 2, MOV).
  bool is_register_only = i->map == MAP_0F && i->opcode >= 0x20 && i->opcode <= 0x23 && !i->is_vex;
  i->is_memory = i->modrm < 0xc0 && !is_register_only;
  if (!i->is_memory) return;
  if (i->address_bytes == 2)
    decode_address16(d);
  else
    decode_address(d);
  bool on_stack = i->base == REGISTER_RBP || (i->base == REGISTER_RSP && i->address_bytes != 2);
  if (!i->has_override) i->segment = on_stack ? SEGMENT_SS : SEGMENT_DS;
}

// MARK: prefixes

// Takes one byte; false if it is no prefix.
static bool take_prefix(instruction *i, uint8_t byte) {
  bool is_long = i->code_bits == 64;
  int segment = -1;
  if (is_long && (byte & 0xf0) == 0x40) {
    i->rex = byte;
    return true;
  }
  switch (byte) {
    case 0xf0: i->has_lock = true; break;
    case 0xf2: i->has_repne = true; i->has_rep = false; break;
    case 0xf3: i->has_rep = true; i->has_repne = false; break;
    case 0x66: i->has_operand_prefix = true; break;
    case 0x67: i->has_address_prefix = true; break;
    case 0x26: segment = SEGMENT_ES; break;
    case 0x2e: segment = SEGMENT_CS; break;
    case 0x36: segment = SEGMENT_SS; break;
    case 0x3e: segment = SEGMENT_DS; break;
    case 0x64: segment = SEGMENT_FS; break;
    case 0x65: segment = SEGMENT_GS; break;
    default: return false;
  }
  i->rex = 0;  // a REX that is not the last prefix does not count (SDM volume 2, 2.2.1)
  if (segment >= 0 && (!is_long || segment >= SEGMENT_FS)) {
    i->segment = (uint8_t)segment;
    i->has_override = true;
  }
  return true;
}

static void size_operands(instruction *i) {
  i->wide = i->rex >> 3 & 1;
  i->mandatory = i->has_repne ? PREFIX_F2 : i->has_rep ? PREFIX_F3 : i->has_operand_prefix ? PREFIX_66 : PREFIX_NONE;
  bool default_32 = i->code_bits != 16;
  i->operand_bytes = default_32 != i->has_operand_prefix ? 4 : 2;
  i->address_bytes = default_32 != i->has_address_prefix ? 4 : 2;
  if (i->code_bits != 64) return;
  if (i->wide) i->operand_bytes = 8;
  i->address_bytes = i->has_address_prefix ? 4 : 8;
}

// VEX: C5 RvvvvLpp, or C4 RXBmmmmm WvvvvLpp (SDM volume 2, 2.3.5).
static void decode_vex(decoder *d, uint8_t lead, uint8_t first) {
  static const uint8_t prefixes[4] = {PREFIX_NONE, PREFIX_66, PREFIX_F3, PREFIX_F2};
  instruction *i = d->out;
  i->is_vex = true;
  i->vex_prefix_mix = i->has_lock || i->mandatory != PREFIX_NONE || i->rex;
  bool is_long = i->code_bits == 64;
  uint8_t last = first, map = MAP_0F;
  i->rex = is_long ? (uint8_t)(~first >> 5 & 4) : 0;
  i->wide = false;
  if (lead == 0xc4) {
    last = next(d);
    map = first & 0x1f;
    if (is_long) i->rex |= (~first >> 5 & 2) | (~first >> 5 & 1);
    i->wide = last >> 7;
  }
  i->vex_register = ~last >> 3 & (is_long ? 15 : 7);
  i->vex_length = last >> 2 & 1;
  i->mandatory = prefixes[last & 3];
  i->operand_bytes = i->wide && is_long ? 8 : 4;
  i->map = map;
  if (map < MAP_0F || map > MAP_0F3A) {  // no map that anybody announces
    i->map = MAP_0F;
    i->is_evex = true;
  }
}

void seams_decode(instruction *out, int code_bits, uint64_t address, code_reader read, void *context) {
  decoder d = {out, address, read, context};
  instruction *i = out;
  memset(i, 0, sizeof *i);
  i->code_bits = (uint8_t)code_bits;
  i->base = i->index = REGISTER_NONE;
  i->segment = SEGMENT_DS;
  i->scale = 1;
  uint8_t byte = next(&d);
  while (!i->too_long && take_prefix(i, byte)) byte = next(&d);
  i->prefix_count = i->too_long ? i->length : i->length - 1;
  size_operands(i);
  if (byte == 0x0f) {
    i->map = MAP_0F;
    byte = next(&d);
    if (byte == 0x38 || byte == 0x3a) {
      i->map = byte == 0x38 ? MAP_0F38 : MAP_0F3A;
      byte = next(&d);
    }
  } else if (byte == 0xc4 || byte == 0xc5 || byte == 0x62) {
    // Outside 64-bit mode these are LES, LDS and BOUND unless a register is named.
    uint8_t first = next(&d);
    if (code_bits == 64 || first >= 0xc0) {
      if (byte == 0x62) {
        i->opcode = byte;
        i->is_evex = true;
        return;
      }
      decode_vex(&d, byte, first);
      byte = next(&d);
    } else {
      i->length--;  // it was the ModRM byte
    }
  }
  i->opcode = byte;
  i->has_modrm = takes_modrm(i);
  if (i->has_modrm && !i->too_long) decode_operands(&d);
  i->immediate_bytes = (uint8_t)immediate_size(i);
  i->immediate = number(&d, i->immediate_bytes);
}

// MARK: bytes outside of the engine

typedef struct {
  const uint8_t *bytes;
  size_t count;
  uint64_t start;
  bool is_short;
} given_code;

static uint8_t read_given(void *context, uint64_t address) {
  given_code *code = context;
  uint64_t at = address - code->start;
  if (at < code->count) return code->bytes[at];
  code->is_short = true;
  return 0;
}

bool seams_take_apart(const uint8_t *bytes, size_t count, int code_bits, seams_instruction *out) {
  given_code code = {.bytes = bytes, .count = count};
  instruction i;
  seams_decode(&i, code_bits, 0, read_given, &code);
  if (code.is_short || i.too_long || i.length == 0) return false;
  *out = (seams_instruction){
      .length = i.length,
      .map = i.map,
      .opcode = i.opcode,
      .modrm = i.modrm,
      .has_modrm = i.has_modrm,
      .is_memory = i.is_memory,
      .has_lock = i.has_lock,
      .has_rep = i.has_rep || i.has_repne,
      .is_vex = i.is_vex || i.is_evex,
      .has_rex = i.rex != 0,
      .operand_bytes = i.operand_bytes,
      .address_bytes = i.address_bytes,
      .reg = i.reg,
      .rm = i.has_modrm ? i.rm : (uint8_t)((i.opcode & 7) | (i.rex & 1) << 3),
      .base = i.base,
      .index = i.index,
      .prefix = i.has_repne ? 0xf2 : i.has_rep ? 0xf3 : i.has_operand_prefix ? 0x66 : 0,
      .immediate = i.immediate,
      .immediate_bytes = i.immediate_bytes,
  };
  return true;
}
