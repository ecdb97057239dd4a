"""Threads move money; an unknown account is noticed after the lock was taken."""

import threading
import time

accounts = {"a": 10, "b": 20}
lock = threading.Lock()


def transfer(source, target):
    lock.acquire()
    accounts[source] -= 1
    accounts[target] += 1
    lock.release()


def work(source, target):
    for _ in range(3):
        transfer(source, target)
        time.sleep(0.01)


threads = [
    threading.Thread(target=work, args=pair)
    for pair in [("a", "b"), ("b", "w"), ("b", "a")]
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
