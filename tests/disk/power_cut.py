"""Simulates power cuts at random moments of a recorded run, as many as the argument says, and opens
each resulting state of the disk with the program."""

import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import recording
import workload
from disk import Chance, Disk
from server import PROGRAM, Server, verify

WRITERS = 4
CONNECTIONS = 4
# For each run of the server: the number of writes of each writer, and how syncs fail.
RUNS = [(60, None), (25, None), (25, "fsync,fdatasync:error=EIO:when=12+6")]
# For fewer than 100 states, which a shorter recording suffices for.
SHORT_RUNS = [(15, None), (8, None), (16, "fsync,fdatasync:error=EIO:when=12+6")]
CALLS = ["write", "truncate", "sync", "failed sync", "create", "unlink", "rename", "mkdir"]
DATABASE = "patchbay.db"
# One of this many states is served by a server, which takes longer than to open it.
SERVED = 10


def record(root, traces, runs):
    """Records the file operations of several server runs during writes. Returns the events, and the
    connections with their histories."""
    connections = [[workload.Connection() for _ in range(CONNECTIONS)] for _ in range(WRITERS)]
    events, tag_ids = [], None
    for number, (writes, fault) in enumerate(runs):
        output = os.path.join(traces, str(number))
        server = Server(os.path.join(root, "data"), recording.tracer(output, fault))
        assert server.is_up, server.messages()
        tag_ids = tag_ids or workload.prepare(server.client())
        threads = [
            threading.Thread(target=write, args=(server, own, tag_ids, writes, seed))
            for seed, own in enumerate(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.stop()
        recording.wait_for_end(output, server.process.pid)
        events += recording.read(output, root)
    events = [event for event in events if not event.path.endswith("-shm")]
    return events, [connection for own in connections for connection in own]


def write(server, connections, tag_ids, writes, seed):
    choose = random.Random(seed)
    client = server.client()
    for _ in range(writes):
        status, reply = workload.write(client, choose.choice(connections), tag_ids, choose)
        assert status in (200, 201, 204, 503), (status, reply)


def states(root, events, number, seed):
    """That many states in which a power cut may leave the disk: the time and the files of each."""
    chance = Chance(random.Random(seed))
    places = sorted(chance.random.randrange(len(events)) for _ in range(number))
    disk, done = Disk(root, chance.random), 0
    for place in places:
        for event in events[done:place]:
            disk.apply_event(event)
        done = place
        # All writes that were acknowledged before the next call began must be there.
        yield events[place].time, disk.cut_power(chance)


def lay_out(files, folder):
    for name, content in files.items():
        path = os.path.join(folder, name)
        if content is None:
            os.mkdir(path, 0o700)
        else:
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
                file.write(content)


def find_faults(number, when, files, connections):
    """Describes each fault of a state in one line. The program opens it before anything else
    does."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        root = os.path.join(folder, "root")
        os.mkdir(root)
        lay_out(files, root)
        data = os.path.join(root, "data")
        try:
            found = serve_from(data) if number % SERVED == 0 else open_and_list(data)
            verify(data)
        except (AssertionError, OSError, ValueError) as error:
            return [f"corrupt: {error}"]
        return workload.contradictions(
            connections, found, when, workload.audit_entries(os.path.join(data, DATABASE))
        )


def memory():
    """A folder in memory, if available."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def serve_from(data):
    """Starts a server on the state, lists the connections, and writes."""
    server = Server(data)
    assert server.is_up, f"no start: {server.messages()}"
    try:
        client = server.client()
        found = workload.listed(client)
        status, reply = client.call("POST", "/tag", {"name": "after the power cut"})
        assert status == 201, reply
        # Storing a password needs the master key and a data key.
        secret = {
            "name": "after the power cut",
            "type": "internet",
            "connectionstring": "x",
            "password": "x",
        }
        status, reply = client.call("POST", "/dataconnection", secret)
        assert status == 201, reply
        server.stop()
    finally:
        server.kill()
    stored = workload.stored(os.path.join(data, DATABASE))
    assert {
        key: value for key, value in stored.items() if key in found
    } == found, "the server shows connections that are not stored"
    return found


def open_and_list(data):
    """Compares the program's list with the database, after an integrity check by SQLite."""
    path = os.path.join(data, DATABASE)
    ask = [
        PROGRAM,
        "explain",
        "--data",
        data,
        "--user",
        "INTERNAL\\sa_repository",
        "--type",
        "DataConnection",
    ]
    output = subprocess.run(ask, capture_output=True, text=True, timeout=60)
    if "there is no database" in output.stderr or "another version of Patchbay" in output.stderr:
        # The first start was interrupted; the next one completes it.
        return serve_from(data)
    assert output.returncode == 0, output.stderr
    found = workload.stored(path)
    listed = re.findall(r"DataConnection_(\S+)", output.stdout)
    assert sorted(listed) == sorted(
        found
    ), f"the program lists {listed}, but the database has {list(found)}"
    return found


def check(states, connections):
    """The faults of each state that has any."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting, wrong = [], []
        for number, (when, files) in enumerate(states):
            waiting.append(pool.submit(find_faults, number, when, files, connections))
            if len(waiting) > 2 * os.cpu_count():
                wrong.append(waiting.pop(0).result())
        wrong += [one.result() for one in waiting]
    return [lines for lines in wrong if lines]


def main(number):
    root = os.path.realpath(tempfile.mkdtemp())
    traces = tempfile.mkdtemp()
    try:
        inner = os.path.join(root, "root")
        os.mkdir(inner)
        events, connections = record(inner, traces, RUNS if number >= 100 else SHORT_RUNS)
    finally:
        shutil.rmtree(root)
        shutil.rmtree(traces)
    count = {call: sum(event.call == call for event in events) for call in CALLS}
    acknowledged = sum(
        request.acknowledged is not None
        for connection in connections
        for request in connection.requests
    )
    calls = ", ".join(f"{call}: {times}" for call, times in count.items())
    print(f"recorded: {acknowledged} acknowledged writes, {calls}")
    seed = random.randrange(10**9)
    wrong = check(states(inner, events, number, seed), connections)
    for lines in wrong[:10]:
        print("\n".join(lines[:5]))
    lost = sum(any("lost" in line for line in lines) for lines in wrong)
    print(
        f"power cut, {number} states, seed {seed}: {len(wrong)} wrong, "
        f"of which {lost} lost an acknowledged write"
    )
    # The control: without syncs of the database, as with PRAGMA synchronous = OFF, faults must be
    # found.
    is_kept = lambda event: event.call != "sync" or DATABASE not in event.path
    control = check(states(inner, list(filter(is_kept, events)), 30, seed), connections)
    found = sum(any("lost" in line for line in lines) for lines in control)
    print(
        f"the same without syncs, 30 states: {len(control)} wrong, "
        f"of which {found} lost an acknowledged write"
    )
    assert found > 0, "the check finds no loss although nothing was synced"
    assert (
        all(count.values()) and count["sync"] > acknowledged / WRITERS
    ), "the recording is incomplete"
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
