// Instructions that translated code refers to (known_forms.c).
#ifndef SEAMS_KNOWN_FORMS_H
#define SEAMS_KNOWN_FORMS_H

#include "forms.h"

typedef struct known_form {
  instruction i;
  form form;
  struct known_form *next;
} known_form;

// The one of these bytes; it lasts until all translated code is given up.
const known_form *seams_know(seams_engine *e, const instruction *i, form f);
void seams_forget_forms(seams_engine *e);

#endif
