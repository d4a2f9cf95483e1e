// Failures of the library on purpose, for tests. They exist in debug builds only; in others this does nothing.
#ifndef SEAMS_PLANTED_H
#define SEAMS_PLANTED_H

// Plants a failure in this thread, or takes it away (NULL). A thread that was told nothing asks the environment
// (SEAMS_PLANTED_FAILURE), for tests that start a process.
//
//     KIND:PLACE:NUMBER
//
// KIND is abort, exit, assert or fault. PLACE is `translate` (before the block at this linear address is translated) or
// `port` (in the helper of a write to this port, after the device has seen it). NUMBER is hexadecimal.
void seams_plant_failure(const char *failure);

#endif
