"""Lets writes, syncs and reads of a running server fail, by strace: no wrong success, reads go
on, and writes work again once the disk does."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import workload
from server import Server, verify


class Fault:
    """Which calls fail on which files of the data folder, how, and from which one on; `error` is
    that of the system, or how long they hang, in microseconds. `hits` is what may be refused
    then."""

    def __init__(self, calls, files, error, when, hits, writes=12):
        self.calls, self.files, self.error, self.when, self.hits, self.writes = (
            calls,
            files,
            error,
            when,
            hits,
            writes,
        )

    def __str__(self):
        return f"{self.calls} of {' '.join(self.files)}: {self.error}, when {self.when}"

    def options(self, data, output):
        """The arguments of strace."""
        paths = [argument for name in self.files for argument in ["-P", os.path.join(data, name)]]
        how = f"delay_enter={self.error}" if isinstance(self.error, int) else f"error={self.error}"
        calls = ["-e", f"trace={self.calls}", "-e", f"inject={self.calls}:{how}:when={self.when}"]
        return ["-f", "-o", output, *paths, *calls]


LOG, DATABASE = "patchbay.db-wal", "patchbay.db"
WRITES, READS, NOTHING = "writes", "reads", "nothing"
# A checkpoint comes after a thousand pages.
LONG = 150
FAULTS = [
    *(
        Fault("pwrite64", [LOG], error, when, WRITES)
        for error in ["EIO", "ENOSPC"]
        for when in ["1", "2", "5", "30", "1+", "3+", "4+"]
    ),
    *(
        Fault("fsync,fdatasync", [LOG], error, when, WRITES)
        for error in ["EIO", "ENOSPC"]
        for when in ["1", "3", "1+", "2+"]
    ),
    # What can't be folded into the database stays in the log.
    *(
        Fault("pwrite64", [DATABASE], error, when, NOTHING, LONG)
        for error in ["EIO", "ENOSPC"]
        for when in ["1", "1+"]
    ),
    *(
        Fault("fsync,fdatasync", [DATABASE], error, "1+", NOTHING, LONG)
        for error in ["EIO", "ENOSPC"]
    ),
    *(
        Fault("pread64", [LOG, DATABASE], "EIO", when, READS)
        for when in ["1", "2", "1+", "2+", "10+"]
    ),
]
# Longer than anybody should wait.
HANGING = [
    Fault("fsync,fdatasync", [LOG], 4_000_000, "1+", WRITES),
    Fault("pwrite64", [LOG], 4_000_000, "1", WRITES),
]
# A start that fails so is followed by one that works.
STARTING = [
    *(
        Fault("pwrite64", [LOG, DATABASE, DATABASE + "-journal"], "ENOSPC", when, WRITES)
        for when in ["1+", "4+", "20+"]
    ),
    *(
        Fault("fsync,fdatasync", [LOG, DATABASE, DATABASE + "-journal"], "EIO", when, WRITES)
        for when in ["1", "2", "3", "1+"]
    ),
    *(Fault("write,fsync", ["master.key.patchbay-new"], "ENOSPC", "1+", WRITES) for _ in range(1)),
    *(
        Fault("write,fsync", [f"certs/{name}.patchbay-new"], "EIO", "1+", WRITES)
        for name in ["root.pem", "server_key.pem", "client.pem"]
    ),
    Fault("pread64", [LOG, DATABASE], "EIO", "2+", READS),
]


class Failing:
    """strace, attached to a server so that calls fail, until it is let go."""

    def __init__(self, server, fault):
        self.output = server.log + ".strace"
        pid = server.process.pid
        self.strace = subprocess.Popen(
            ["strace", "-q", "-p", str(pid), *fault.options(server.data, self.output)],
            stderr=subprocess.DEVNULL,
        )
        for _ in range(500):
            if self.strace.poll() is not None or all(
                is_traced(pid, thread) for thread in os.listdir(f"/proc/{pid}/task")
            ):
                break
            time.sleep(0.01)
        assert self.strace.poll() is None, "strace can't be attached"

    def end(self):
        """Lets the server go, and tells how many calls failed or were slow."""
        self.strace.send_signal(signal.SIGINT)
        self.strace.wait(timeout=20)
        with open(self.output, encoding="utf-8", errors="replace") as file:
            text = file.read()
            return text.count("(INJECTED)") + text.count("(DELAYED)")


def is_traced(pid, thread):
    with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
        return "TracerPid:\t0\n" not in file.read()


OPERATIONS = ("--operations", "127.0.0.1:0")


class Site:
    """A data folder in a folder of its own, its server, and what is known to be in it."""

    def __init__(self, folder):
        self.data = os.path.join(folder, "data")
        self.connections = [workload.Connection() for _ in range(6)]
        self.server = Server(self.data, arguments=OPERATIONS)
        self.client = self.server.client()
        self.tag_ids = workload.prepare(self.client)

    def write(self):
        """Writes something, which must work or be refused with 503, and tells the status."""
        status, reply = workload.write(self.client, random.choice(self.connections), self.tag_ids)
        assert status in (200, 201, 204, 503), (status, reply)
        return status

    def check_shown(self):
        """The server shows what it has acknowledged, and nothing else: what was answered with
        503 has not changed anything."""
        wanted = {
            one.id: one.content(one.latest())
            for one in self.connections
            if one.latest() is not None
        }
        assert workload.listed(self.client) == wanted, "not what was acknowledged"

    def restart(self):
        """Kills the server and starts it again: what was acknowledged is there, what was
        answered with 503 may be."""
        self.server.kill()
        self.start_again()

    def start_again(self):
        self.server = Server(self.data, arguments=OPERATIONS)
        assert self.server.is_up, self.server.messages()
        self.client = self.server.client()
        self.look()

    def look(self):
        """Takes what is there of what was in doubt for what is known."""
        found = workload.listed(self.client)
        wrong = workload.contradictions(self.connections, found, time.time_ns())
        assert not wrong, "\n".join(wrong)
        for connection in self.connections:
            connection.settle(found.get(connection.id))

    def end(self):
        """Stops the server and looks at all that it leaves."""
        self.server.stop()
        verify(self.data)

    def must_work(self):
        for _ in range(5):
            status = self.write()
            assert status < 300, f"a write is answered with {status} though the disk works again"
        self.check_shown()
        assert self.server.is_ready(), "it is not ready though the disk works again"


@contextlib.contextmanager
def own_folder():
    """A folder that goes away with what lies beside it."""
    with tempfile.TemporaryDirectory() as outer:
        folder = os.path.join(os.path.realpath(outer), "site")
        os.mkdir(folder)
        yield folder


def suffer(site, fault):
    """Writes and reads while calls fail. Gives how many writes and reads were refused, and how
    many calls failed."""
    failing = Failing(site.server, fault)
    refused = {WRITES: 0, READS: 0}
    for _ in range(fault.writes):
        refused[WRITES] += site.write() == 503
        if fault.hits == READS:
            status, reply = site.client.call("GET", "/dataconnection/full")
            assert status in (200, 503), (status, reply)
            refused[READS] += status == 503
        elif refused[WRITES] or random.random() < 0.1:
            site.check_shown()
    return refused, failing.end()


@contextlib.contextmanager
def site_that_recovers():
    """A site that works before and after what is done to it, also after a restart, and leaves
    nothing wrong."""
    with own_folder() as folder:
        site = Site(folder)
        try:
            site.must_work()
            yield site
            site.must_work()
            site.restart()
            site.must_work()
            site.end()
        finally:
            site.server.kill()


def run_into(fault):
    with site_that_recovers() as site:
        if fault.hits == READS:
            # What was read already, nobody reads from the disk.
            site.restart()
        refused, failed = suffer(site, fault)
        assert failed > 0, "no call failed"
        assert fault.hits == NOTHING or any(refused.values()), "nothing was refused"
        assert fault.hits != NOTHING or not any(
            refused.values()
        ), f"refused without need: {refused}"
    return (
        f"{failed} calls failed, refused were {refused[WRITES]} writes and {refused[READS]} reads"
    )


def hang_into(fault):
    """Who writes is told within two seconds, others read, and once the disk answers again, so
    does the server."""
    with site_that_recovers() as site:
        failing = Failing(site.server, fault)
        waits = []
        for _ in range(3):
            start = time.monotonic()
            status = site.write()
            waits.append(time.monotonic() - start)
            assert status == 503 or waits[-1] > 4, f"answered with {status} after {waits[-1]:.1f} s"
            start = time.monotonic()
            workload.listed(site.client)
            assert time.monotonic() - start < 1, "a read waits, too"
        assert max(waits) < 2, f"a write waited {max(waits):.1f} s"
        failing.end()
        deadline = time.monotonic() + 10
        while site.client.call("POST", "/tag", {"name": str(time.monotonic())})[0] != 201:
            assert time.monotonic() < deadline, "writes do not work again"
        site.look()
    return f"three writes were answered within {max(waits):.1f} s"


def start_into(fault):
    """A first start and a later one, both with the fault: the next start without it finds all
    that was acknowledged."""
    with own_folder() as folder:
        told = [start_with(fault, os.path.join(folder, "new"))]
        site = Site(folder)
        try:
            site.must_work()
            site.server.kill()
            told.append(start_with(fault, site.data))
            site.start_again()
            site.must_work()
            site.end()
        finally:
            site.server.kill()
    return ", ".join(told)


def start_with(fault, data):
    server = Server(data, ["strace", "-D", "-q", *fault.options(data, "/dev/null")])
    server.kill()
    assert server.is_up or server.code == 1, server.messages()
    if not os.path.exists(os.path.join(data, "patchbay.db")):
        return "no start"
    again = Server(data)
    assert again.is_up, again.messages()
    status, reply = again.client().call(
        "POST",
        "/dataconnection",
        {"name": "x", "type": "x", "connectionstring": "x", "password": "x"},
    )
    again.client().call("DELETE", f"/dataconnection/{reply.get('id')}")
    again.kill()
    assert status == 201, reply
    return "a start" if server.is_up else "no start"


def main():
    wrong = 0
    for try_out, faults in [
        (run_into, FAULTS),
        (hang_into, HANGING),
        (start_into, STARTING),
    ]:
        for fault in faults:
            try:
                print(f"{fault}: {try_out(fault)}")
            except AssertionError as error:
                wrong += 1
                traceback.print_exc()
                print(f"{fault}: WRONG: {error}")
    print(
        f"failing disk, {len(FAULTS) + len(HANGING) + len(STARTING)} faults: {wrong} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
