#ifndef TRACEABLE_H
#define TRACEABLE_H

/* A function that extensions may call and programs may be attached to: five bytes at its entry are for whoever attaches. */
#define TRACEABLE __attribute__((used, noinline, patchable_function_entry(5)))

#endif
