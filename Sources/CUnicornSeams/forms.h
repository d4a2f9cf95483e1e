// The forms of instructions that are ours: what the library gets wrong, or does not have.
//
// forms.c holds the one table. Each row names a set of encodings (opcode map, opcodes, prefixes, /reg, register or memory,
// code size) and says what becomes of them: #UD, a helper of ours, or the library with traits that the seams must know.
// The first row that fits counts; an encoding that no row names is the library's.
#ifndef SEAMS_FORMS_H
#define SEAMS_FORMS_H

#include "decode.h"
#include "engine.h"

// Executes one instruction. `ra` is what the library's functions take to find the guest's registers when they fault.
typedef void (*form_helper)(seams_engine *e, const instruction *i, uintptr_t ra);

enum {
  // What a fault of this instruction must know; these travel with the instruction's record in its block.
  TRAIT_MODIFIES = 1 << 0,     // reads and then writes its memory operand: a fault of the read is one of a write
  TRAIT_STACK_READ = 1 << 1,   // its reads are relative to SS: #SS where others raise #GP
  TRAIT_STACK_WRITE = 1 << 2,  // likewise its writes
  TRAIT_ALIGNED = 1 << 3,      // its 16-byte operand must be aligned: else #GP
  TRAIT_WIDE = 1 << 4,         // moves 16 bytes in two parts: before a store both pages are asked, and together they are aligned or not
  TRAIT_SAVES_FLAGS = 1 << 5,  // computes the flags, which it does not change, before it may fault
  RECORDED_TRAITS = 0xffff,
  // What the translator must know.
  TRAIT_SETS_FLAGS = 1 << 16,
  TRAIT_ENDS_BLOCK = 1 << 17,
  TRAIT_JUMPS = 1 << 18,       // sets RIP itself, or always raises
  TRAIT_UNDEFINED = 1 << 19,   // #UD
  TRAIT_MMX = 1 << 20,         // the library's MMX: asks for pending x87 exceptions before, marks the register after
  TRAIT_PORT = 1 << 21,        // INS and OUTS: the right to the port is asked for before memory is touched
  TRAIT_BRANCH = 1 << 22,      // a near branch whose target, in a register or memory, must be canonical
  TRAIT_PREVENTED = 1 << 23,   // #GP at CPL 1 to 3 with CR4.UMIP
  TRAIT_COMPARES = 1 << 24,    // CMPS: a fault of the operand at RSI comes before one of the operand at RDI
  TRAIT_CALL = 1 << 25,        // SSE arithmetic that translated code may do in the place of the helper (vector_emit.c)
};

typedef struct {
  form_helper run;  // NULL: the library executes it
  uint32_t traits;
} form;

// What becomes of an instruction.
form seams_form_of(const instruction *i);

// One row of the table: a set of encodings.
typedef struct {
  uint8_t map, first_opcode, last_opcode;
  uint8_t prefixes;  // ON_...
  uint8_t regs;      // one bit for each value of ModRM.reg
  uint8_t operand;   // REGISTER, MEMORY
  uint8_t code;      // CODE_...
  uint8_t encoding;
  form form;
} form_row;

enum { ON_NONE = 1, ON_66 = 2, ON_F3 = 4, ON_F2 = 8, NOT_REPEATED = ON_NONE | ON_66, ANY_PREFIX = 15 };
#define REG(n) (1 << (n))
enum { ANY_REG = 0xff };
enum { REGISTER = 1, MEMORY = 2, ANY_OPERAND = 3 };
enum { CODE_16 = 1, CODE_32 = 2, CODE_64 = 4, ANY_CODE = 7, OPERAND_16 = 8, OPERAND_32 = 16 };  // OPERAND_...: only with this operand size
enum { LEGACY, LOCKED, VEX_128, LARGE_IMMEDIATE };  // LARGE_IMMEDIATE: legacy with bit 15 of the immediate set

// The rows, by kind of instruction; forms.c has what is undefined and what the library executes with traits.
extern const form_row seams_integer_forms[], seams_vector_forms[], seams_string_forms[], seams_x87_forms[], seams_state_forms[],
    seams_system_forms[], seams_table_forms[], seams_mmx_forms[], seams_return_forms[];
extern const unsigned seams_integer_form_count, seams_vector_form_count, seams_string_form_count, seams_x87_form_count,
    seams_state_form_count, seams_system_form_count, seams_table_form_count, seams_mmx_form_count, seams_return_form_count;

// MARK: operands, for helpers

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
enum { VECTOR_DE = 0, VECTOR_DB = 1, VECTOR_NMI = 2, VECTOR_UD = 6, VECTOR_NM = 7, VECTOR_TS = 10, VECTOR_NP = 11, VECTOR_SS = 12,
       VECTOR_GP = 13, VECTOR_PF = 14, VECTOR_MF = 16, VECTOR_AC = 17, VECTOR_XM = 19 };
// Bits of control registers (SDM volume 3, 2.5) and of EFLAGS.
enum { CR0_MP = 1 << 1, CR0_EM = 1 << 2, CR0_TS = 1 << 3, CR0_AM = 1 << 18 };
enum { CR4_OSFXSR = 1 << 9, CR4_OSXMMEXCPT = 1 << 10, CR4_OSXSAVE = 1 << 18, CR4_SMAP = 1 << 21, RFLAGS_AC = 1 << 18 };

static inline uint64_t *seams_gpr(seams_engine *e, int index) { return &FIELD(uint64_t, e->env, ENV_REGS + 8 * index); }
static inline uint64_t seams_cr(const seams_engine *e, int index) { return FIELD(uint64_t, e->env, ENV_CR + 8 * index); }
static inline uint32_t seams_cpl(const seams_engine *e) { return FIELD(uint32_t, e->env, ENV_HFLAGS) & HF_CPL_MASK; }
static inline uint8_t *seams_xmm(seams_engine *e, int index) { return (uint8_t *)e->env + ENV_XMM + XMM_BYTES * index; }

_Noreturn void seams_raise(seams_engine *e, int vector, int error_code, uintptr_t ra);
// The linear address of the memory operand.
uint64_t seams_linear_address(seams_engine *e, const instruction *i);
// The operand at `address` will be read and then written: a fault of its first page is one of the write, and comes before any of
// its second page.
void seams_ask_to_modify(seams_engine *e, uint64_t address, int mmu_index, uintptr_t ra);
void seams_load(seams_engine *e, uint64_t address, void *out, uint32_t bytes, uintptr_t ra);
// Both raise #AC where alignment is checked. Stores ask for the right to write all of it before any of it is written.
void seams_store(seams_engine *e, uint64_t address, const void *in, uint32_t bytes, uintptr_t ra);
// Faults that the operand of CMPS at RSI has.
void seams_check_source(seams_engine *e, const instruction *i, uintptr_t ra);
bool seams_checks_alignment(const seams_engine *e);
void seams_check_alignment(seams_engine *e, uint64_t address, uint32_t alignment, uintptr_t ra);
// False: some of it is a device's, or must be noticed in another way.
bool seams_probe_write(seams_engine *e, uint64_t address, uint32_t bytes, uintptr_t ra);
// A general register as an operand of `bytes`; writing 4 bytes clears the upper half.
uint64_t seams_read_register(seams_engine *e, const instruction *i, int index, int bytes);
void seams_write_register(seams_engine *e, const instruction *i, int index, int bytes, uint64_t value);
// The register or memory operand that ModRM.rm names.
uint64_t seams_read_operand(seams_engine *e, const instruction *i, int bytes, uintptr_t ra);
void seams_write_operand(seams_engine *e, const instruction *i, int bytes, uint64_t value, uintptr_t ra);
// CF PF AF ZF SF OF.
enum { FLAG_CF = 1, FLAG_PF = 4, FLAG_AF = 0x10, FLAG_ZF = 0x40, FLAG_SF = 0x80, FLAG_OF = 0x800, FLAGS_ARITHMETIC = 0x8d5 };
uint32_t seams_read_flags(seams_engine *e);
void seams_write_flags(seams_engine *e, uint32_t flags);
int seams_mmu_index(const seams_engine *e);
static inline bool seams_is_canonical(uint64_t address) { return (uint64_t)((int64_t)(address << 16) >> 16) == address; }
// forms_tables.c: #GP of an instruction that user-mode instruction prevention forbids.
void seams_check_prevention(seams_engine *e, const instruction *i, uintptr_t ra);
// forms_state.c
void seams_run_xgetbv(seams_engine *e, const instruction *i, uintptr_t ra);
void seams_run_xsetbv(seams_engine *e, const instruction *i, uintptr_t ra);

// MARK: the x87 unit and MXCSR (forms_x87.c, x87_state.c, forms_mmx.c, forms_vector.c)

enum { MXCSR_IE = 1, MXCSR_DE = 2, MXCSR_ZE = 4, MXCSR_OE = 8, MXCSR_UE = 0x10, MXCSR_PE = 0x20, MXCSR_FLAGS = 0x3f, MXCSR_DAZ = 0x40,
       MXCSR_MASKS = 0x3f << 7, MXCSR_UM = 1 << 11, MXCSR_FTZ = 1 << 15, MXCSR_VALID = 0xffff };
// #UD and #NM of SSE instructions.
void seams_check_vector(seams_engine *e, uintptr_t ra);
// #NM and a pending #MF.
void seams_check_x87(seams_engine *e, uintptr_t ra);
// What an MMX instruction does to the x87 unit: TOP is 0, all registers are in use.
void seams_enter_mmx(seams_engine *e);
uint64_t *seams_mmx(seams_engine *e, int index);
// Writes an MMX register; the rest of the x87 register becomes ones.
void seams_write_mmx(seams_engine *e, int index, uint64_t value);
void seams_write_mxcsr(seams_engine *e, uint32_t value);
// Around an MMX instruction that the library executes.
void seams_before_mmx(seams_engine *e, const instruction *i, uintptr_t ra);
void seams_after_mmx(seams_engine *e, const instruction *i);
// The 512 bytes of FXSAVE64, without XMM registers and MXCSR.
void seams_get_x87(const seams_engine *e, uint8_t image[512]);
void seams_set_x87(seams_engine *e, const uint8_t image[512]);
// x87_functions.c: executes D9 `modrm` on an image if it is a transcendental instruction with ordinary operands.
bool seams_x87_function(uint8_t modrm, uint8_t image[512]);

#endif
