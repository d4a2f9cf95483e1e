// Shows: text to the console, from a constant and from the program's stack.
// Usage: bpf_exec hello.bpf.o [NAME]
// Expected: ebpf and ebpf-verified: prints "Hello, NAME!" and returns 0.
#include "uio.h"

PROGRAM("exec") u64 hello(const char *name) {
  char end[] = "!\n";
  puts("Hello, ");
  puts(*name ? name : "BPF");
  puts(end);
  return 0;
}
