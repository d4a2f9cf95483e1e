// Swift's Glibc module is built without _GNU_SOURCE, which hides memfd_create.
#define _GNU_SOURCE
#include "CMemoryFile.h"

#include <sys/mman.h>

int memory_file_create(void) { return memfd_create("guest-ram", MFD_CLOEXEC); }
