#include "CLedger.h"

void ledger_add(int *entry, int amount) { *entry += amount; }
