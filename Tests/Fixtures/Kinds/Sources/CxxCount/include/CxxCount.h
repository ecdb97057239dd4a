#ifdef __cplusplus
extern "C" {
#endif
void countUp(void);
void countUpLocked(void);
int countedUp(void);
#ifdef __cplusplus
}
#endif
