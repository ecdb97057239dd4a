"""All threads wait, some for a lock, until ctrl-C comes: that is no hang."""

import os
import signal
import threading
import time

stopped = threading.Event()
lock = threading.Lock()


def wait():
    stopped.wait()


def use_lock():
    with lock:
        pass


threads = [threading.Thread(target=wait), threading.Thread(target=use_lock)]
lock.acquire()
for thread in threads:
    thread.start()
if os.fork() == 0:
    time.sleep(3)
    os.kill(os.getppid(), signal.SIGINT)
    os._exit(0)
try:
    threading.Event().wait()
except KeyboardInterrupt:
    lock.release()
    stopped.set()
    for thread in threads:
        thread.join()
    print("ended")
