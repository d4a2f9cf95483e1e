// Programs for the host's own processor: code at CPL 3 with everything that it can see given, and everything that it
// leaves behind taken back.
//
// A child process holds a few pages at fixed addresses. The signal frame is both ways in and out: a program ends with a
// trap or a fault, the handler copies the frame's registers, x87, SSE and PKRU state out, puts the next program's there,
// and returns into it. A program costs about 3 us besides its own instructions. Calls of the kernel from its pages are refused
// and end it; whatever else it does ends the child at worst, which is started anew.
#ifndef SILICON_H
#define SILICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where the pages lie. All are within 2 GiB, so that 32-bit addresses reach them too.
#define SILICON_CODE 0x10000000ull      // two pages, read and execute; the second holds INT3 only
#define SILICON_DATA 0x10020000ull      // SILICON_DATA_PAGES pages, read and write
#define SILICON_READ_ONLY 0x10024000ull // one page behind them, read only, no execution
#define SILICON_ABSENT 0x10025000ull    // one page that is not present
#define SILICON_KEYED 0x10030000ull     // SILICON_KEYED_PAGES pages with a key, read and write, executable
#define SILICON_KEYED_READ_ONLY 0x10034000ull  // as many of them, read and execute
// SILICON_MATRIX_PAGES pages with the first key: no access, read, read and write, read and execute, all three. Each is one
// and the same page, which begins with RET and which nobody takes back.
#define SILICON_MATRIX 0x10040000ull

enum {
  SILICON_PAGE = 4096,
  SILICON_MATRIX_PAGES = 5,
  SILICON_DATA_PAGES = 4,
  SILICON_KEYED_PAGES = 2,  // one for each key
  // What a program may change: data pages, then writable keyed pages.
  SILICON_WRITABLE_PAGES = SILICON_DATA_PAGES + SILICON_KEYED_PAGES,
  SILICON_MEMORY_BYTES = SILICON_WRITABLE_PAGES * SILICON_PAGE,
  SILICON_PROGRAMS = 64,   // of a batch
  SILICON_MEMORIES = 32,   // contents that programs start from
  SILICON_CASES = 256,     // of a batch
};

// What a program at CPL 3 sees of the processor.
typedef struct {
  uint64_t gpr[16];  // RAX RCX RDX RBX RSP RBP RSI RDI R8-R15
  uint64_t rip, rflags;
  uint64_t fs_base, gs_base;
  uint16_t segment[6];  // ES CS SS DS FS GS; CS and SS are the kernel's choice at the start
  uint32_t pkru;        // ignored where the processor has no keys
  uint8_t fx[512] __attribute__((aligned(16)));  // as FXSAVE64 stores it (SDM volume 1, 10.5.1)
} silicon_state;

// How it ended.
typedef struct {
  uint32_t vector;      // SILICON_HUNG: it did not come to an end; SILICON_LOST: the child went with it; SILICON_CALLED: the kernel
  uint32_t error_code;
  uint64_t address;     // CR2 after vector 14
  int32_t signal, code, key;  // as Linux reports it
} silicon_end;

enum { SILICON_HUNG = 0x100, SILICON_LOST = 0x101, SILICON_CALLED = 0x102 };

typedef struct {
  silicon_state start;
  uint32_t program;  // which of the batch's code pages
  uint32_t memory;   // which of the contents
  silicon_state final;
  silicon_end end;
} silicon_case;

typedef struct silicon silicon;

// Starts the child. Null with a reason in words where it cannot run.
silicon *silicon_start(const char **reason);
void silicon_stop(silicon *);
// The numbers of the protection keys of the keyed pages, 0 where the host gives none.
uint32_t silicon_key(const silicon *, uint32_t page);
// What the host's CPUID answers.
void silicon_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

// The batch to fill in: SILICON_PAGE bytes of code, SILICON_MEMORY_BYTES of what the writable pages start with, and the
// programs' starts; and to read when silicon_wait is back: how they ended, and what the writable pages hold.
uint8_t *silicon_program(silicon *, uint32_t index);
uint8_t *silicon_memory(silicon *, uint32_t index);
silicon_case *silicon_case_at(silicon *, uint32_t index);
const uint8_t *silicon_final_memory(const silicon *, uint32_t index);
// Lets the child run cases 0 to `count` - 1.
void silicon_submit(silicon *, uint32_t count);
// Waits for them. A child that was killed is started anew and goes on behind the program that killed it.
// Returns false, with a reason, if it cannot be started again.
bool silicon_wait(silicon *, const char **reason);
// Times that the child had to be started anew.
uint32_t silicon_restarts(const silicon *);

#endif
