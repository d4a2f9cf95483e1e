/*
{
  "title": "Zeros that take nearly all of the overlay's memory. Refused is the next program, for lack of memory, as this one stays loaded",
  "reference": "Misono et al., uIO: Lightweight and Extensible Unikernels, SoCC 2024",
  "cells": {
    "none": {"outcome": "refused"},
    "uio-mpk": {"outcome": "refused"}
  },
  "control": {
    "none": "completed",
    "uio-mpk": "completed"
  }
}
*/
#include "attack.h"
#include "processor.h"

static volatile uint8_t pages[(16 << 20) - 4096 * 20];

int main(void) {
  GOAL_END();
  BYPASS(pages[0] = 1);
  return 0;
}
