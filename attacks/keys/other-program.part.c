// A program with a variable, which others know by its name only so that the test is short: they could read through all memory.
unsigned long other_private = 1;
