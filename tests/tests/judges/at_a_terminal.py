"""Runs a program at a terminal of its own and types an answer at each of its questions.

Usage: at_a_terminal.py ANSWER... -- PROGRAM ARGUMENT...
"""

import os
import pty
import sys


def main():
    cut = sys.argv.index("--")
    answers, command = sys.argv[1:cut], sys.argv[cut + 1 :]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    said = b""
    while True:
        try:
            part = os.read(terminal, 1024)
        except OSError:  # the program has left the terminal
            break
        if not part:
            break
        said += part
        if said.endswith(b": ") and answers:
            os.write(terminal, answers.pop(0).encode() + b"\n")
    _, status = os.waitpid(child, 0)
    sys.stdout.write(said.decode())
    assert not answers, f"it did not ask for {answers}"
    sys.exit(os.waitstatus_to_exitcode(status))


main()
