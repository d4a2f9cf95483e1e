// Shows: write windows nest, close where they should, and PKRU survives timer interrupts inside and outside of them.
// Expected: prints "ok" lines: the state before, nested windows, ticks outside, ticks inside, the state after; then
// "mpk-check: passed" and returns 0. A line that begins with "FAILED" and a result other than 0 otherwise. In a design
// without isolation the window is always open, and the program says so. Where there are services in place of windows, PKRU survives
// ticks and services, and a variable is set by one.
#include "pkru.h"
#include "ushell.h"

enum { TICKS = 5 };

static int failures;

static void check(int holds, const char *what) {
  ushell_puts(holds ? "ok      " : "FAILED  ");
  ushell_puts(what);
  ushell_puts("\n");
  if (!holds) failures++;
}

#ifdef USHELL_SERVICES
int main(void) {
  const uint32_t at_entry = read_pkru();
  ushell_puts("there are services in place of windows\n");
  const uint64_t end = ushell_ticks() + TICKS;
  int survived = 1;
  while (ushell_ticks() < end) survived &= read_pkru() == at_entry;
  check(survived, "PKRU survives interrupts and services");
  const uint64_t old = USHELL_GET(count);
  USHELL_SET(count, old + 1);
  check(USHELL_GET(count) >= old + 1, "a variable is set by a service");
  USHELL_CALL(set_count(old + 2));
  check(get_count() >= old + 2, "a function is called as a service");
  check(read_pkru() == at_entry, "PKRU is as it was at entry");

  ushell_puts(failures == 0 ? "mpk-check: passed\n" : "mpk-check: failed\n");
  return failures;
}
#else
// Spins for several timer ticks and looks at PKRU all the time. Returns whether it stayed as it was.
static int pkru_survives_ticks(void) {
  const uint32_t before = read_pkru();
  const int window = ushell_write_is_enabled();
  const uint64_t end = ushell_ticks() + TICKS;
  while (ushell_ticks() < end) {
    if (read_pkru() != before) return 0;
  }
  return read_pkru() == before && ushell_write_is_enabled() == window;
}

static uint32_t pkru_in_inner_window, pkru_after_inner_window;

int main(void) {
  const int isolated = !ushell_write_is_enabled();
  const uint32_t closed = read_pkru();
  ushell_puts(isolated ? "the window is closed at entry\n" : "no isolation: the window is always open\n");

  uint32_t open = closed;
  USHELL_WINDOW({
    open = read_pkru();
    USHELL_WINDOW(pkru_in_inner_window = read_pkru());
    pkru_after_inner_window = read_pkru();
  });
  check(!isolated || open != closed, "a window changes PKRU");
  check(pkru_in_inner_window == open, "an inner window changes nothing");
  check(pkru_after_inner_window == open, "the outer window stays open behind an inner one");
  check(read_pkru() == closed, "the outer window closes");

  check(pkru_survives_ticks(), "PKRU survives interrupts outside a window");
  int survived = 0;
  USHELL_WINDOW(survived = pkru_survives_ticks());
  check(survived, "PKRU survives interrupts inside a window");

  const uint64_t old = count;
  USHELL_SET(count, old + 1);
  check(count >= old + 1, "a variable is written through a window");
  check(read_pkru() == closed && ushell_write_is_enabled() == !isolated, "the window is as it was at entry");

  ushell_puts(failures == 0 ? "mpk-check: passed\n" : "mpk-check: failed\n");
  return failures;
}
#endif
