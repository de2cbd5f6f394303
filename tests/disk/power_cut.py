"""Cuts the power at any moment of a recorded run, as often as the argument says, and opens with
the program what the disk may hold then."""

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
# Each time the server runs: what each writer writes, and how syncs fail.
RUNS = [(60, None), (25, None), (25, "fsync,fdatasync:error=EIO:when=12+6")]
CALLS = ["write", "truncate", "sync", "failed sync", "create", "unlink", "rename", "mkdir"]
DATABASE = "patchbay.db"
# Of so many states one is served from, which takes longer than to open it.
SERVED = 10


def record(root, traces):
    """Lets writers write while the server's work on its files is recorded, several times from
    its start to its end. Gives the events and what the writers know."""
    connections = [[workload.Connection() for _ in range(CONNECTIONS)] for _ in range(WRITERS)]
    events, tag_ids = [], None
    for number, (writes, fault) in enumerate(RUNS):
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
    """So many states in which a power cut may leave the disk: each with when, and the files."""
    chance = Chance(random.Random(seed))
    places = sorted(chance.random.randrange(len(events)) for _ in range(number))
    disk, done = Disk(root, chance.random), 0
    for place in places:
        for event in events[done:place]:
            disk.happen(event)
        done = place
        # What is acknowledged before the next call began must be there.
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
    """What is wrong with a state, one line each. The program is the first that opens it."""
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
    """A folder in memory, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def serve_from(data):
    """Starts the program on it, lists, and writes once more."""
    server = Server(data)
    assert server.is_up, f"no start: {server.messages()}"
    try:
        client = server.client()
        found = workload.listed(client)
        status, reply = client.call("POST", "/tag", {"name": "after the power cut"})
        assert status == 201, reply
        # A password opens and closes what the master key protects.
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
    } == found, "the server shows what is not stored"
    return found


def open_and_list(data):
    """Lets the program list what it finds, and then SQLite look at the whole of the database."""
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
    told = subprocess.run(ask, capture_output=True, text=True, timeout=60)
    if "there is no database" in told.stderr or "another version of Patchbay" in told.stderr:
        # The first start was cut off; the next one goes on with it.
        return serve_from(data)
    assert told.returncode == 0, told.stderr
    found = workload.stored(path)
    listed = re.findall(r"DataConnection_(\S+)", told.stdout)
    assert sorted(listed) == sorted(
        found
    ), f"the program lists {listed}, and there is {list(found)}"
    return found


def check(states, connections):
    """The states that are wrong, with what is wrong with each."""
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
        events, connections = record(inner, traces)
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
        f"of which {lost} lost what was acknowledged"
    )
    # The same as if SQLite had not synced its files: PRAGMA synchronous = OFF. That must be found.
    is_kept = lambda event: event.call != "sync" or DATABASE not in event.path
    control = check(states(inner, list(filter(is_kept, events)), 30, seed), connections)
    found = sum(any("lost" in line for line in lines) for lines in control)
    print(
        f"the same without syncs, 30 states: {len(control)} wrong, "
        f"of which {found} lost what was acknowledged"
    )
    assert found > 0, "the check finds nothing where nothing was synced"
    assert (
        all(count.values()) and count["sync"] > acknowledged / WRITERS
    ), "the recording lacks what it should have"
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
