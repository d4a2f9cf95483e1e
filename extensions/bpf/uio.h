/* What BPF programs of the overlay are written with: their context and the helpers (docs/bpf-programs.md). */
#ifndef UIO_BPF_H
#define UIO_BPF_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

/* A program is a global function in a section of its own; the section's name is free. */
#define PROGRAM(section_name) __attribute__((section(section_name), used))

/* What r1 points to when bpf_attach started the program. bpf_exec puts its argument there instead, as text that ends
 * with a zero. */
struct traced_call {
  u64 function;
  u64 arguments[6];
  u8 zeros[72];
};

/* Result of map_get for what is not there, and of map_put when the map is full. */
#define MISSING (~0ULL)

/* The map of 64-bit numbers under pairs of keys that all programs and the shell share. */
static u64 (*const map_get)(u64 key1, u64 key2) = (void *)1;
static u64 (*const map_put)(u64 key1, u64 key2, u64 value) = (void *)2;
static u64 (*const map_del)(u64 key1, u64 key2) = (void *)3;
/* Address of a symbol of the unikernel; 0 if there is none of that name. */
static u64 (*const get_addr)(const char *name) = (void *)4;
/* 1, 2, 4 or 8 bytes of the unikernel's memory; MISSING where nothing is mapped. */
static u64 (*const probe_read)(u64 address, u64 size) = (void *)5;
static u64 (*const time_get_ns)(void) = (void *)6;
static u64 (*const puts)(const char *text) = (void *)7;
static u64 (*const notify)(void) = (void *)8;
/* Where the innermost active call of a function returns to; 0 if there is none. */
static u64 (*const get_ret_addr)(const char *function) = (void *)9;
/* Where the traced call returns to (0), where its caller does (1), and so on; 0 at the end of the stack. */
static u64 (*const unwind)(u64 count) = (void *)10;
/* Maps of the object itself: a value's address or 0; 0 or a negative error number. */
static void *(*const map_lookup_elem)(void *map, const void *key) = (void *)16;
static long (*const map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)17;
static long (*const map_delete_elem)(void *map, const void *key) = (void *)18;

/* A map: the names of the members and their order are the object format's. */
struct map_definition {
  u32 type, key_size, value_size, max_entries, flags;
};
#define HASH 1
#define ARRAY 2
#define MAP(name, type, key_size, value_size, max_entries) \
  struct map_definition name __attribute__((section("maps"), used)) = {type, key_size, value_size, max_entries, 0}

#endif
