// Offsets and constants of libunicorn 2.0.1 (QEMU 5.0.1 inside), x86-64 target, as Debian builds it.
// Each was computed with offsetof against that version's headers; seams_create probes the ones that an error would
// corrupt silently, and the tests exercise each.
#ifndef SEAMS_LAYOUT_H
#define SEAMS_LAYOUT_H

#include <stdint.h>
#include <unicorn/unicorn.h>

#if UC_API_MAJOR != 2 || UC_API_MINOR != 0 || UC_API_PATCH != 1
#error "The simulator's CPU is cut for libunicorn 2.0.1 (Debian 12's libunicorn-dev). Another version is installed: install that one, or measure its layout anew (docs/architecture.md, 'The seams')."
#endif

enum {
  // struct uc_struct
  UC_CPU = 384,
  UC_TCG_CONTEXT = 704,
  UC_NO_EXIT_REQUEST = 1930,
  // CPUState
  CPU_EXIT_REQUEST = 21,
  CPU_CFLAGS_NEXT_TB = 24,
  CPU_MEM_IO_PC = 33144,
  CPU_EXCEPTION_INDEX = 33184,
  CPU_UC = 33192,
  CPU_BYTES = 33216,
  // ArchCPU: CPUState, then the TLB, then CPUX86State
  CPU_TLB_DESC = 33248,
  CPU_TLB_FAST = 34576,
  CPU_ENV = 34640,
  TLB_DESC_BYTES = 440,
  TLB_DESC_VICTIMS = 48,
  TLB_FAST_BYTES = 16,
  TLB_ENTRY_BYTES = 32,
  TLB_VICTIMS = 8,
  // CPUX86State
  ENV_REGS = 0,
  ENV_EIP = 128,
  ENV_EFLAGS = 136,
  ENV_CC_DST = 144,
  ENV_CC_SRC = 152,
  ENV_CC_SRC2 = 160,
  ENV_CC_OP = 168,
  ENV_DF = 172,
  ENV_HFLAGS = 176,
  ENV_HFLAGS2 = 180,
  ENV_SEGS = 184,
  ENV_LDT = 328,
  ENV_TR = 352,
  ENV_GDT = 376,
  ENV_IDT = 400,
  ENV_CR = 424,
  ENV_EFER = 560,
  ENV_FPSTT = 572,
  ENV_FPUS = 576,
  ENV_FPUC = 578,
  ENV_FPTAGS = 580,
  ENV_FPREGS = 592,
  ENV_FPOP = 720,
  ENV_FPIP = 728,
  ENV_FPDP = 736,
  ENV_MXCSR = 784,
  ENV_XMM = 792,
  ENV_SYSENTER_CS = 4768,
  ENV_SYSENTER_ESP = 4776,
  ENV_SYSENTER_EIP = 4784,
  ENV_STAR = 4792,
  ENV_LSTAR = 4808,
  ENV_CSTAR = 4816,
  ENV_FMASK = 4824,
  ENV_KERNEL_GS_BASE = 4832,
  ENV_TSC_AUX = 4864,
  ENV_XCR0 = 4872,
  ENV_PAT = 5248,
  ENV_PKRU = 5272,
  ENV_ERROR_CODE = 5352,
  ENV_EXCEPTION_IS_INT = 5356,
  ENV_EXCEPTION_NEXT_EIP = 5360,
  ENV_DR = 5368,
  ENV_OLD_EXCEPTION = 5464,
  ENV_FEATURES = 5600,
  SEGMENT_BYTES = 24,
  XMM_BYTES = 64,
  // FeatureWord
  FEAT_1_EDX = 0,
  FEAT_1_ECX = 1,
  FEAT_7_0_EBX = 2,
  FEAT_7_0_ECX = 3,
  FEAT_7_0_EDX = 4,
  FEAT_8000_0001_EDX = 6,
  FEAT_8000_0001_ECX = 7,
  // TranslationBlock
  TB_PC = 0,
  TB_CS_BASE = 8,
  TB_ICOUNT = 22,
  TB_FLAGS = 16,
  TB_CODE = 32,
  TB_PAGE_ADDRESS = 72,
  TB_SIZE = 20,  // the bytes of guest code
  // DisasContext, after its base
  DC_CC_OP = 116,
  DC_CC_OP_DIRTY = 124,
  DC_CODE32 = 84,
  DC_CODE64 = 92,
  DC_TF = 148,
  DC_CPL = 140,
  // CPUClass
  CLASS_UNALIGNED_ACCESS = 24,
  CPU_CLASS = 33200,
  // TCGContext
  TCG_PROLOGUE = 144,
  TCG_EPILOGUE = 152,
  TCG_CODE_BUFFER = 160,
  TCG_CODE_POINTER = 192,
  TCG_REGIONS_FULL_BYTES = 39216,
  TCG_BLOCK_TREE = 39224,
  TCG_CPU_ENV = 39152,
  TCG_CPU_CC_SRC = 39296,
  TCG_CPU_CC_OP = 39312,
  TCG_CPU_REGS = 39320,
  TCG_CPU_SEGMENT_BASES = 39768,
  // TCGContext: its regions of translated code, all of them and those in use
  TCG_REGION_COUNT = 0x9910,
  TCG_REGION_CURRENT = 0x9928,
  // TCG
  TCG_OP_ARGS = 24,
  TCG_TYPE_I32 = 0,
  TCG_TYPE_I64 = 1,
  TCG_COND_LT = 2,
  TCG_COND_NE = 9,
  OP_CALL = 2,
  OP_MOVI_I32 = 6,
  OP_MOVI_I64 = 64,
  OP_LOAD_I32 = 133,
  OP_STORE_I32 = 134,
  OP_LOAD_I64 = 135,
  OP_STORE_I64 = 136,
  OP_LD32U_I64 = 71,
  OP_LD_I64 = 73,
  OP_ST_I64 = 77,
  OP_ADD_I64 = 78,
  OP_SUB_I64 = 79,
  OP_AND_I64 = 87,
  OP_OR_I64 = 88,
  OP_XOR_I64 = 89,
  OP_SHL_I64 = 90,
  OP_SHR_I64 = 91,
  OP_INSN_START = 129,
  TB_EXIT_REQUESTED = 3,
  // DisasJumpType
  DISAS_NEXT = 0,
  DISAS_TOO_MANY = 1,
  DISAS_NORETURN = 2,
  // hflags
  HF_CPL_MASK = 3,
  HF_INHIBIT_IRQ_MASK = 1 << 3,
  HF_TF_MASK = 1 << 8,
  HF2_NMI_MASK = 1 << 2,
  CC_OP_DYNAMIC = 0,
  CC_OP_EFLAGS = 1,
  RESUME_FLAG = 1 << 16,
};

#define EXCP_INTERRUPT 0x10000
#define CF_COUNT_MASK 0x7fffu

// DisasContextBase
typedef struct {
  void *tb;
  uint64_t pc_first;
  uint64_t pc_next;
  int is_jmp;
  int num_insns;
  int max_insns;
  bool singlestep_enabled;
} disas_context;

// TranslatorOps
typedef struct {
  void (*init_disas_context)(disas_context *, void *cpu);
  void (*tb_start)(disas_context *, void *cpu);
  void (*insn_start)(disas_context *, void *cpu);
  bool (*breakpoint_check)(disas_context *, void *cpu, const void *breakpoint);
  void (*translate_insn)(disas_context *, void *cpu);
  void (*tb_stop)(disas_context *, void *cpu);
} translator_ops;

#define FIELD(type, base, offset) (*(type *)((uint8_t *)(base) + (offset)))

#endif
