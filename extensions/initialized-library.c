// Shows: a library whose initializers have to run before anybody uses it; initialized-caller.c does.
// Expected: loads; its initializers run with the first program that uses it.
// Volatile: a compiler may run the initializers itself.
volatile int library_value;

__attribute__((constructor(101))) static void first(void) { library_value = library_value * 10 + 4; }
__attribute__((constructor)) static void second(void) { library_value = library_value * 10 + 2; }

int library_get(void) { return library_value; }
