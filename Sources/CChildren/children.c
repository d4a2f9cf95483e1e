// All children of this process come from one thread, the keeper, which lives as long as the process does: the signal at
// the parent's death (PR_SET_PDEATHSIG, prctl(2)) is sent when the *thread* ends that made the child, and the threads that
// ask for children may come and go.

#define _GNU_SOURCE
#include "include/CChildren.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What the keeper is asked for: a program, or else a body.
typedef struct {
  const children_program *program;
  int (*body)(void *);
  void *context;
  pid_t child;
  int failure;
  bool done;
} request;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool has_keeper;
static request *pending;

// Only what is safe after vfork() is called from here on (signal-safety(7)).

static void leave_signals_to_the_system(void) {
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) continue;
    // What a shell wants ignored stays so. SIGXFSZ we ignore for ourselves.
    if (action.sa_handler == SIG_IGN && number != SIGXFSZ) continue;
    action = (struct sigaction){.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void die_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before.
  if (getppid() != parent) _exit(1);
}

static bool put(int descriptor, int place) {
  return descriptor == place ? fcntl(place, F_SETFD, 0) == 0 : dup2(descriptor, place) == place;
}

// Runs in the memory of the parent, which waits: it must change nothing but `failure`.
__attribute__((noreturn)) static void become(const children_program *program, pid_t parent, volatile int *failure) {
  die_with(parent);
  setpgid(0, 0);
  if (put(program->input, 0) && put(program->output, 1) && put(program->errors, 2)) {
    // Those that somebody forgot to mark; the rest would be closed by execve.
    syscall(SYS_close_range, 3u, ~0u, 0u);
    leave_signals_to_the_system();
    execve(program->path, program->arguments, program->environment);
  }
  *failure = errno;
  _exit(127);
}

static void start(request *r) {
  pid_t parent = getpid();
  volatile int failure = 0;
  // Not fork(): a copy of the page tables of a process with a guest's memory in it takes milliseconds.
  pid_t child = vfork();
  if (child == 0) become(r->program, parent, &failure);
  r->failure = child < 0 ? errno : failure;
  r->child = child;
}

static void copy(request *r) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    die_with(parent);
    leave_signals_to_the_system();
    _exit(r->body(r->context));
  }
  r->failure = child < 0 ? errno : 0;
  r->child = child;
}

static void *keep(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    while (!pending) pthread_cond_wait(&changed, &lock);
    pending->program ? start(pending) : copy(pending);
    pending->done = true;
    pending = NULL;
    pthread_cond_broadcast(&changed);
  }
  return unused;
}

// With all signals blocked, which a new child must not handle with our handlers.
static int make_keeper(void) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t keeper;
  int failure = pthread_create(&keeper, NULL, keep, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failure == 0) pthread_detach(keeper);
  return failure;
}

static int ask(request *r, pid_t *child) {
  pthread_mutex_lock(&lock);
  int failure = has_keeper ? 0 : make_keeper();
  if (failure == 0) {
    has_keeper = true;
    while (pending) pthread_cond_wait(&changed, &lock);
    pending = r;
    pthread_cond_broadcast(&changed);
    while (!r->done) pthread_cond_wait(&changed, &lock);
    failure = r->failure;
    *child = r->child;
  }
  pthread_mutex_unlock(&lock);
  return failure;
}

int children_start(const children_program *program, pid_t *child) {
  request r = {.program = program};
  int failure = ask(&r, child);
  // A process that did not become the program has ended already.
  if (failure != 0 && r.child > 0) {
    while (waitpid(r.child, NULL, 0) < 0 && errno == EINTR) {}
  }
  return failure;
}

int children_fork(int (*body)(void *), void *context, pid_t *child) {
  request r = {.body = body, .context = context};
  return ask(&r, child);
}
