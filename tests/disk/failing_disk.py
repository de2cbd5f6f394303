"""Makes writes, syncs and reads of a running server fail, by strace: no failed write is reported as
successful, reads succeed, and writes succeed again once the disk works."""

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
    """A fault: the failing calls, the files of the data folder, the error, and from which call on.
    `error` is the system's error, or the time in microseconds for which calls hang. `hits` is the
    kind of request that may be refused."""

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
# Enough writes for a checkpoint, which happens after a thousand pages.
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
    # Pages that can't be copied to the database stay in the write-ahead log.
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
# Calls that hang for longer than a client may wait.
HANGING = [
    Fault("fsync,fdatasync", [LOG], 4_000_000, "1+", WRITES),
    Fault("pwrite64", [LOG], 4_000_000, "1", WRITES),
]
# After a start with one of these faults, the next start must succeed.
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
    """strace, attached to a server to make calls fail, until it is detached."""

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
        """Detaches strace, and returns how many calls failed or were slow."""
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
    """A data folder, its server, and the connections that it must contain."""

    def __init__(self, folder):
        self.data = os.path.join(folder, "data")
        self.connections = [workload.Connection() for _ in range(6)]
        self.server = Server(self.data, arguments=OPERATIONS)
        self.client = self.server.client()
        self.tag_ids = workload.prepare(self.client)

    def write(self):
        """Writes, which must succeed or be refused with 503, and returns the status."""
        status, reply = workload.write(self.client, random.choice(self.connections), self.tag_ids)
        assert status in (200, 201, 204, 503), (status, reply)
        return status

    def check_shown(self):
        """Checks that the server shows exactly the acknowledged writes: those with 503 changed
        nothing."""
        expected = {
            one.id: one.content(one.latest())
            for one in self.connections
            if one.latest() is not None
        }
        shown = workload.listed(self.client)
        assert shown == expected, "the server does not show exactly the acknowledged writes"

    def restart(self):
        """Kills and restarts the server: acknowledged writes must be there, those with 503 may
        be."""
        self.server.kill()
        self.start_again()

    def start_again(self):
        self.server = Server(self.data, arguments=OPERATIONS)
        assert self.server.is_up, self.server.messages()
        self.client = self.server.client()
        self.look()

    def look(self):
        """Checks the shown connections, and resolves the requests in doubt."""
        found = workload.listed(self.client)
        wrong = workload.contradictions(self.connections, found, time.time_ns())
        assert not wrong, "\n".join(wrong)
        for connection in self.connections:
            connection.settle(found.get(connection.id))

    def end(self):
        """Stops the server and verifies its data folder."""
        self.server.stop()
        verify(self.data)

    def must_work(self):
        for _ in range(5):
            status = self.write()
            assert status < 300, f"a write gets {status} although the disk works again"
        self.check_shown()
        assert self.server.is_ready(), "the server is not ready although the disk works again"


@contextlib.contextmanager
def own_folder():
    """A temporary folder; files next to it are deleted as well."""
    with tempfile.TemporaryDirectory() as outer:
        folder = os.path.join(os.path.realpath(outer), "site")
        os.mkdir(folder)
        yield folder


def suffer(site, fault):
    """Writes and reads while calls fail. Returns the number of refused writes and reads, and of
    failed calls."""
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
    """A site that must work before and after the test, and after a restart, and must verify."""
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
            # Pages that were read before are cached, and not read from the disk.
            site.restart()
        refused, failed = suffer(site, fault)
        assert failed > 0, "no call failed"
        assert fault.hits == NOTHING or any(refused.values()), "nothing was refused"
        assert fault.hits != NOTHING or not any(
            refused.values()
        ), f"requests were refused needlessly: {refused}"
    return (
        f"{failed} calls failed, {refused[WRITES]} writes and {refused[READS]} reads were refused"
    )


def hang_into(fault):
    """Writes are answered within two seconds, reads succeed, and writes succeed once the disk
    responds again."""
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
            assert time.monotonic() - start < 1, "a read waits as well"
        assert max(waits) < 2, f"a write waited {max(waits):.1f} s"
        failing.end()
        deadline = time.monotonic() + 10
        while site.client.call("POST", "/tag", {"name": str(time.monotonic())})[0] != 201:
            assert time.monotonic() < deadline, "writes still fail"
        site.look()
    return f"three writes were answered within {max(waits):.1f} s"


def start_into(fault):
    """Starts a new and an existing site with the fault: the next start without it must find all
    acknowledged writes."""
    with own_folder() as folder:
        outcomes = [start_with(fault, os.path.join(folder, "new"))]
        site = Site(folder)
        try:
            site.must_work()
            site.server.kill()
            outcomes.append(start_with(fault, site.data))
            site.start_again()
            site.must_work()
            site.end()
        finally:
            site.server.kill()
    return ", ".join(outcomes)


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
