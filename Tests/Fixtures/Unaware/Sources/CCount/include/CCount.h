void countUp(void);
int countedUp(void);
