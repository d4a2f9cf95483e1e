#ifndef GUEST_APPLICATIONS_H
#define GUEST_APPLICATIONS_H

#include "count.h"
#include "requests.h"
#include "shown.h"

#endif
