/* What an extension may use of the unikernel that it is loaded into.
 *
 * An extension is one relocatable object. The overlay calls its `int main(int argc, char **argv)` on the overlay's own
 * stack; argv[0] is the name it was run by, argv[argc] is NULL, and what main returns is printed by the shell.
 * The loader resolves the names below, and memcpy, memmove, memset and memcmp, which compilers call unasked, against
 * the unikernel's export list, then against objects loaded earlier, then against the symbol file, if there is one.
 *
 * Under the design `uio-mpk` everything that is not the overlay's is read-only for an extension: reads work, a bare
 * write is a protection-key fault. Functions marked [gate] open what they need themselves and leave the window as they
 * found it; any other function of the unikernel that writes has to be called through USHELL_CALL.
 *
 * Under `mpk-hardened` nothing but the extension's own memory can be read or written; functions marked [gate] and those of the
 * application are services. USHELL_GET, USHELL_SET and USHELL_CALL mean the same under every design.
 */
#ifndef USHELL_H
#define USHELL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Console ---- */

/* [gate] Writes the text up to its NUL as it stands: no newline is added. */
void ushell_puts(const char *text);
/* [gate] Writes `length` bytes. */
void ushell_write(const char *bytes, size_t length);
/* [gate] Writes a number in decimal. */
void ushell_put_unsigned(uint64_t value);
/* [gate] Writes a number in decimal, with a minus sign if it is negative. */
void ushell_put_signed(int64_t value);
/* [gate] Writes a number in lower-case hexadecimal: no prefix, no leading zeros. */
void ushell_put_hex(uint64_t value);

/* ---- The write window: the design `mpk-hardened` has none, and refuses whoever asks for one by these names ---- */

/* Makes the unikernel's memory writable for the overlay's thread, until ushell_disable_write. Neither counts: a second
 * enable changes nothing, and one disable closes. The macros below are what nests. */
void ushell_enable_write(void);
/* Makes the unikernel's memory read-only again. */
void ushell_disable_write(void);
/* 1 while the window is open, and always in a design without isolation; otherwise 0. */
int ushell_write_is_enabled(void);

#ifndef USHELL_SERVICES
/* Executes a statement in a write window. Windows nest: an inner one leaves the outer one open. The statement must not
 * leave the macro (return, goto, break). */
#define USHELL_WINDOW(...)                                \
  do {                                                    \
    const int ushell_was_open = ushell_write_is_enabled(); \
    if (!ushell_was_open) ushell_enable_write();          \
    __VA_ARGS__;                                          \
    if (!ushell_was_open) ushell_disable_write();         \
  } while (0)

/* Stores a value in a variable of the unikernel. The value is computed before the window opens. */
#define USHELL_SET(variable, value)               \
  do {                                            \
    const __typeof__((variable) + 0) ushell_value = (value);  \
    USHELL_WINDOW((variable) = ushell_value);     \
  } while (0)

/* Calls a function of the unikernel that writes; the result is thrown away. */
#define USHELL_CALL(...) USHELL_WINDOW((void)(__VA_ARGS__))

/* The value of a variable of the unikernel. */
#define USHELL_GET(variable) (variable)
#else
/* Services, in place of windows: objects for the design `mpk-hardened` are built with USHELL_SERVICES. */

/* [gate] The value of a variable of the unikernel that extensions may have read; its address is its name. Whoever asks for
 * another is stopped. */
uint64_t ushell_get(const volatile void *variable, size_t size);
/* [gate] Stores a value in a variable that extensions may have set. */
void ushell_set(volatile void *variable, size_t size, uint64_t value);

/* Performance counters, for which other designs have the instructions (counters.h has the same names for them). */
/* [gate] Lets a counter, from 0 on, count an architectural event from 0 on, until it is stopped or the program ends. Whoever names a
 * counter or an event that there is none of is stopped. */
void ushell_start_counter(uint64_t number, uint64_t event);
/* [gate] What it has come to. */
uint64_t ushell_read_counter(uint64_t number);
/* [gate] */
void ushell_stop_counter(uint64_t number);

/* Nothing that is not the overlay's can be written by a statement. */
#define USHELL_WINDOW(...) \
  do {                     \
    __VA_ARGS__;           \
  } while (0)
#define USHELL_SET(variable, value) ushell_set(&(variable), sizeof(variable), (uint64_t)(value))
#define USHELL_GET(variable) ((__typeof__((variable) + 0))ushell_get(&(variable), sizeof(variable)))
/* Calls a function of the unikernel that is a service; others do what they do with the extension's rights. */
#define USHELL_CALL(...) ((void)(__VA_ARGS__))
#endif

/* ---- Time ---- */

/* Timer ticks since the unikernel started. */
uint64_t ushell_ticks(void);
/* [gate] Lets the application and others run, for at least so many milliseconds; behind it the budget begins anew. */
void ushell_sleep(uint64_t milliseconds);

/* ---- The application `count` ---- */

/* The number that the application prints next; it belongs to the application. */
extern volatile uint64_t count;
/* Stores in `count`: not a gate. */
void set_count(uint64_t value);
/* Reads `count`. */
uint64_t get_count(void);
/* ---- The application `requests` ---- */

/* How many bytes each request brings, from the next one on. */
extern volatile uint64_t payload_bytes;
/* Stores in `payload_bytes`, at most 65,536: not a gate. */
void set_payload_bytes(uint64_t bytes);
uint64_t get_payload_bytes(void);
/* How many requests have been served. */
uint64_t get_served(void);

/* ---- Any application ---- */

/* What the application keeps to itself: scenarios fill it, and tell who reads it. */
extern uint8_t secret[32];

/* ---- For tests of the isolation ---- */

/* Two adjacent pages, 8,192 bytes from a page boundary. The first has the overlay's key, the second the unikernel's. */
extern volatile uint8_t ushell_test_pages[8192];

#ifdef __cplusplus
}
#endif

#endif
