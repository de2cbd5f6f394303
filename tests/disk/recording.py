"""The file operations of a server, as recorded by strace."""

import glob
import os
import re
import time

LINE = re.compile(
    r"^(\d+)\.(\d{9}) (\w+)\((.*)\) = (-?\d+)(<[^>]*>)?.* <(\d+)\.(\d{9})>$", re.DOTALL
)
FILE = re.compile(r"^\d+<([^>]*)>")
IN_A_FOLDER = re.compile(r"^\d+<\\x2f")


class Event:
    """A call that changed or synced a file, or failed to sync it. `time` is in nanoseconds: the end
    of a sync, and the start of any other call."""

    def __init__(self, when, call, path, **rest):
        self.time, self.call, self.path = when, call, path
        self.__dict__.update(rest)


def tracer(output, fault=None):
    """The command prefix that records the calls of a command, in a file for each thread. A fault
    has the syntax of strace's `inject`."""
    precise = ["--absolute-timestamps=format:unix,precision:ns", "--syscall-times=ns"]
    return [
        "strace",
        "-D",
        "-ff",
        "--seccomp-bpf",
        "-y",
        "-xx",
        "-s",
        "1000000",
        *precise,
        "-o",
        output,
        "-e",
        "trace=" + ",".join(EVENTS),
    ] + (["-e", "inject=" + fault] if fault else [])


def wait_for_end(output, process_id):
    """Waits for strace, which still writes after the program has ended."""
    for _ in range(500):
        with open(f"{output}.{process_id}", "rb") as file:
            if b"+++ exited" in file.read()[-200:]:
                return
        time.sleep(0.01)
    raise AssertionError("strace does not end")


def read(output, folder):
    """All events below the folder, in chronological order."""
    events = []
    for name in glob.glob(output + ".*"):
        with open(name, encoding="ascii") as lines:
            events += filter(None, (parse(line, folder) for line in lines))
    return sorted(events, key=lambda event: event.time)


def parse(line, folder):
    """The event of a line, if it had an effect on a file below the folder."""
    match = LINE.match(line.rstrip("\n"))
    if not match:
        # A thread that ended before strace could read its next call made none.
        if "???(" in line:
            return None
        assert "resumed" not in line and "unfinished" not in line, line[:200]
        return None
    seconds, nanos, call, arguments, result, _, took, took_nanos = match.groups()
    start, duration = int(seconds) * 10**9 + int(nanos), int(took) * 10**9 + int(took_nanos)
    if int(result) < 0 and call not in SYNCS:
        return None
    event = EVENTS[call](start, duration, arguments.split(", "), int(result))
    is_ours = event is not None and (event.path == folder or event.path.startswith(folder + "/"))
    return event if is_ours else None


def unescaped(text):
    return bytes.fromhex(text.replace("\\x", ""))


def path_of(argument):
    """The path of an open or named file; None if it was deleted."""
    file = FILE.match(argument)
    if file:
        return None if "(deleted)" in argument else unescaped(file[1]).decode()
    return unescaped(argument.strip('"')).decode()


def opened(start, _, arguments, __):
    path = path_of(arguments[1])
    if "O_TRUNC" in arguments[2]:
        raise AssertionError(f"{path}: truncated when opened, which the model does not support")
    return Event(start, "create", path) if "O_CREAT" in arguments[2] else None


def written(start, _, arguments, result):
    path = path_of(arguments[0]) if IN_A_FOLDER.match(arguments[0]) else None
    data = unescaped(arguments[1].strip('"')) if path else b""
    assert not path or len(data) >= result, "strace cut the data off"
    offset = int(arguments[3]) if len(arguments) > 3 else None
    return path and Event(start, "write", path, data=data[:result], offset=offset)


def synced(start, duration, arguments, result):
    path = path_of(arguments[0])
    return path and Event(start + duration, "sync" if result == 0 else "failed sync", path)


def truncated(start, _, arguments, __):
    path = path_of(arguments[0])
    return path and Event(start, "truncate", path, size=int(arguments[1]))


def unknown(_, __, arguments, ___):
    """Rejects calls on files that the program does not use so far: before it does, the model has to
    support them."""
    is_socket = FILE.match(arguments[0]) and not IN_A_FOLDER.match(arguments[0])
    assert is_socket, f"the model does not support this call: {arguments[0][:200]}"


SYNCS = ["fsync", "fdatasync"]

EVENTS = {
    "openat": opened,
    "mkdir": lambda start, _, arguments, __: Event(start, "mkdir", path_of(arguments[0])),
    "write": written,
    "pwrite64": written,
    "ftruncate": truncated,
    "fsync": synced,
    "fdatasync": synced,
    "rename": lambda start, _, arguments, __: Event(
        start, "rename", path_of(arguments[0]), to=path_of(arguments[1])
    ),
    "unlink": lambda start, _, arguments, __: Event(start, "unlink", path_of(arguments[0])),
    **dict.fromkeys(
        [
            "pwritev",
            "pwritev2",
            "writev",
            "fallocate",
            "sync_file_range",
            "renameat",
            "renameat2",
            "unlinkat",
        ],
        unknown,
    ),
}
