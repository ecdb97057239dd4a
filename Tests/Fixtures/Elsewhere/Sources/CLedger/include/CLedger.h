void ledger_add(int *entry, int amount);
