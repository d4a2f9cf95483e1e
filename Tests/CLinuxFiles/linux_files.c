#define _GNU_SOURCE
#include "linux_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

int linux_open_path(int directory, const char *name) {
  return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int linux_change_owner(int path, uid_t user, gid_t group) { return fchownat(path, "", user, group, AT_EMPTY_PATH); }

ssize_t linux_get_entries(int directory, uint8_t *buffer, size_t size) { return getdents64(directory, buffer, size); }
