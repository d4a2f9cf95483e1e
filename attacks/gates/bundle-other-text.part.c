/* The program that is loaded first. */
#include "hidden.h"

HIDDEN_FUNCTION(other_output);
