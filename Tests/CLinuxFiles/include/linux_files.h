/* What the C library declares only with _GNU_SOURCE, which Swift does not define. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Opens the file that a path leads to, without anything being read or written; no link at its end is followed. */
int linux_open_path(int directory, const char *name);
/* Gives away the file of a descriptor from linux_open_path. -1: that stays. */
int linux_change_owner(int path, uid_t user, gid_t group);
/* The system call: entries of a directory as the kernel writes them. */
ssize_t linux_get_entries(int directory, uint8_t *buffer, size_t size);
