#ifndef CCHILDREN_H
#define CCHILDREN_H

#include <sys/types.h>

/// A program to start.
typedef struct {
  /// Its file; not searched for.
  const char *path;
  /// Both end with a null pointer. The first argument is the program's name.
  char *const *arguments, *const *environment;
  /// What become its standard streams. A descriptor below 3 only in its own place.
  int input, output, errors;
} children_program;

/// Starts a program in a process group of its own, with no signal blocked and no other descriptor open.
///
/// It is killed when this process ends, in whatever way. Returns 0 and the process in `child`, or an error (errno(3)).
int children_start(const children_program *program, pid_t *child);

/// Forks this process. The copy has no signal blocked or handled, runs `body` and ends with its result as exit code.
///
/// It is killed when this process ends, in whatever way. Returns 0 and the process in `child`, or an error.
int children_fork(int (*body)(void *), void *context, pid_t *child);

#endif
