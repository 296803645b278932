"""Runs a command on a pseudo-terminal: relays standard input to it and its output to standard output.

usage: pseudo-terminal.py COLUMNS ROWS STDIN STDOUT STDERR COMMAND [ARGUMENT]...
STDIN, STDOUT and STDERR are `-` for the terminal or a file's path. Descriptor 3 takes lines `resize COLUMNS ROWS` and `hangup`.
Exits with the command's status, or 128 + signal.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios


def set_size(descriptor, columns, rows):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows = int(sys.argv[1]), int(sys.argv[2])
    child, master = pty.fork()
    if child == 0:
        set_size(0, columns, rows)
        for target, path in enumerate(sys.argv[3:6]):
            if path != "-":
                flags = os.O_RDONLY if target == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                opened = os.open(path, flags, 0o600)
                os.dup2(opened, target)
                os.close(opened)
        os.close(3)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvp(sys.argv[6], sys.argv[6:])
    os.set_blocking(master, False)
    os.set_blocking(1, True)
    pending, control, inputs = b"", b"", [0, 3]
    while master is not None:
        readable, writable, _ = select.select([master, *inputs], [master] if pending else [], [])
        if 0 in readable:
            piece = os.read(0, 65536)
            pending += piece
            if not piece:
                inputs.remove(0)
        if 3 in readable:
            piece = os.read(3, 4096)
            control += piece
            if not piece:
                inputs.remove(3)
            *lines, control = control.split(b"\n")
            for line in lines:
                words = line.split()
                if words[0] == b"resize":
                    set_size(master, int(words[1]), int(words[2]))
                elif words[0] == b"hangup":
                    os.close(master)
                    master = None
                    break
        if master is None:
            break
        try:
            if master in readable:
                piece = os.read(master, 65536)
                if not piece:
                    break
                os.write(1, piece)
            if master in writable and pending:
                pending = pending[os.write(master, pending):]
        except BlockingIOError:
            pass
        except OSError:
            break
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.exit(code if code >= 0 else 128 - code)


main()
