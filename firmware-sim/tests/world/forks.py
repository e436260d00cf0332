"""Forks while another thread is inside libumockdev's wrapper of open, as a browser does."""

import os
import sys
import tempfile
import threading

OPENAT = b"257 " if os.uname().machine == "x86_64" else b"56 "


def opens_until_a_writer_comes():
    waiting.append(threading.get_native_id())
    known.set()
    begin.wait()
    os.read(os.open(fifo, os.O_RDONLY), 1)


with tempfile.TemporaryDirectory() as folder:
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)
    waiting, known, begin = [], threading.Event(), threading.Event()
    thread = threading.Thread(target=opens_until_a_writer_comes)
    thread.start()
    known.wait()
    with open(f"/proc/self/task/{waiting[0]}/syscall", "rb", buffering=0) as call:
        begin.set()
        while not os.pread(call.fileno(), 100, 0).startswith(OPENAT):
            os.sched_yield()
    child = os.fork()
    if child == 0:
        # the wrapper again, in a process that has one thread: it must not wait for the other
        os.write(os.open(fifo, os.O_WRONLY), b"x")
        os._exit(7)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    thread.join()
    print("the child ended with", code)
    sys.exit(code != 7)
