#include "CCount.h"

// Nobody puts it back: each execution must begin with what the process began with.
static int total;

void countUp(void) { total++; }
int countedUp(void) { return total; }
