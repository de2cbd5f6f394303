"""Attacks each door with a thousand connections that send or read as little as possible, and
measures the response times of other requests in that time."""

import contextlib
import http.client
import multiprocessing
import os
import re
import socket
import ssl
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from server import XRFKEY, Server

CONNECTIONS = 1_000
# The least average number of open connections: the server closes some, which are then reopened.
OPEN = 900
SECONDS = float(sys.argv[1])
# The longest 99th percentile of response times in seconds, and the most memory of the server.
MAX_WAIT = 0.250
MEMORY = 200 * 1024 * 1024

KEY = f"X-Qlik-Xrfkey: {XRFKEY}\r\n"
HOST = "Host: 127.0.0.1\r\n"


class Door:
    """The address of a door, and the headers and certificates that it accepts."""

    def __init__(self, name, url, context, path, headers):
        self.name, self.context, self.path, self.headers = name, context, path, headers
        host, port = re.fullmatch(r"https?://([\d.]+):(\d+)", url).groups()
        self.address = (host, int(port))

    def plain(self):
        connection = socket.socket()
        # The smallest buffer that the system allows, so that unread data stays at the server.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        connection.settimeout(60)
        connection.connect(self.address)
        return connection

    def connect(self):
        connection = self.plain()
        return (
            self.context.wrap_socket(connection, server_hostname=self.address[0])
            if self.context
            else connection
        )

    def get(self, path):
        return f"GET {path} HTTP/1.1\r\n{HOST}{self.headers}".encode()

    def client(self):
        if self.context:
            return http.client.HTTPSConnection(*self.address, context=self.context, timeout=60)
        return http.client.HTTPConnection(*self.address, timeout=60)


class Attack:
    """What each connection sends first, and what it repeats from time to time."""

    def __init__(self, name, begin, again, secure=True):
        self.name, self.begin, self.again, self.secure = name, begin, again, secure

    def open(self, door):
        connection = door.connect() if self.secure else door.plain()
        if start := self.begin(door):
            connection.sendall(start)
        connection.setblocking(False)
        return connection


def send(some):
    def again(connection):
        connection.send(some)

    return again


def read(connection):
    if connection.recv(1) == b"":
        raise ConnectionResetError


def attacks(door):
    yield Attack("headers", lambda door: door.get(door.path), send(b"X: y\r\n"))
    if door.name == "operations":
        yield Attack("reads", lambda door: door.get("/metrics") + b"\r\n", read)
        return
    # A body that is too long by its header is refused immediately: /login accepts 16 KiB.
    post, length = ("/login", 16_000) if door.name == "front" else ("/qrs/tag", 1_000_000)
    start = (
        f"POST {post}?Xrfkey={XRFKEY} HTTP/1.1\r\n{HOST}{door.headers}"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    yield Attack("bodies", lambda door: start.encode(), send(b" "))
    yield Attack(
        "reads of the documentation",
        lambda door: door.get("/docs/swagger-ui-bundle.js") + b"\r\n",
        read,
    )
    yield Attack(
        "reads of lists",
        lambda door: door.get(f"/qrs/dataconnection/full?Xrfkey={XRFKEY}") + b"\r\n",
        read,
    )
    # A connection that the server closes, even during the handshake, is noticed by reading.
    yield Attack("handshakes", lambda door: b"", read, secure=False)
    yield Attack("idle connections", lambda door: b"", read)


def hold(door, attack, is_up, until, opened, checks):
    """Keeps that many connections open, and reopens those that the server closes. Counts the open
    ones at each check."""

    def one(_):
        with contextlib.suppress(OSError):
            return attack.open(door)

    with ThreadPoolExecutor(32) as pool:
        connections = list(pool.map(one, range(CONNECTIONS)))
        is_up.set()
        while not until.is_set():
            for place, connection in enumerate(connections):
                try:
                    attack.again(connection)
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    continue
                except (OSError, AttributeError):
                    if connection:
                        connection.close()
                    connections[place] = None
            gone = [place for place, connection in enumerate(connections) if connection is None]
            opened.value += CONNECTIONS - len(gone)
            checks.value += 1
            for place, connection in zip(gone, pool.map(one, gone)):
                connections[place] = connection
            until.wait(0.5)
    for connection in connections:
        if connection:
            connection.close()


def measure(door, seconds):
    """Measures response times, alternately on a kept connection and on a new one."""
    times = {"kept": [], "new": []}
    headers = dict(line.split(": ") for line in door.headers.split("\r\n") if line)
    kept = door.client()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for kind in times:
            client = kept if kind == "kept" else door.client()
            start = time.monotonic()
            client.request("GET", door.path, headers=headers)
            reply = client.getresponse()
            reply.read()
            times[kind].append(time.monotonic() - start)
            assert reply.status == 200, f"{door.name}: {reply.status}"
            if kind == "new":
                client.close()
            time.sleep(0.005)
    return times


def p99(times):
    return sorted(times)[int(len(times) * 0.99)]


def memory(server):
    """The peak memory of the server, in bytes."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


def busy(server):
    """The processor time of the server, in seconds."""
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def settle(server):
    """Waits until the initial requests are done: a thousand requests are much work at first, which
    is not what is measured."""
    for _ in range(60):
        before = busy(server)
        time.sleep(0.5)
        if busy(server) - before < 0.15:
            return


def fill(server):
    """Creates enough connections for lists that can be read slowly."""
    client = server.client()
    owner = {"userDirectory": "LAB", "userId": "anna"}
    status, _ = client.call("POST", "/user", owner | {"name": "Anna"})
    assert status == 201, status
    for part in range(2):
        many = [
            {
                "name": f"c{part}-{each}",
                "type": "odbc",
                "connectionstring": "x" * 1_000,
                "owner": owner,
            }
            for each in range(500)
        ]
        status, _ = client.call("POST", "/dataconnection/many", many)
        assert status == 201, status


def try_one(server, door, attack):
    is_up, until = multiprocessing.Event(), multiprocessing.Event()
    opened, checks = multiprocessing.Value("q"), multiprocessing.Value("q")
    attacker = multiprocessing.Process(
        target=hold, args=(door, attack, is_up, until, opened, checks)
    )
    attacker.start()
    times = None
    if is_up.wait(60):
        settle(server)
        opened.value = checks.value = 0
        times = measure(door, SECONDS)
        # On a busy machine, one check of all connections may take longer than that.
        while not checks.value and attacker.is_alive():
            time.sleep(0.1)
        mean = opened.value / max(checks.value, 1)
    held = memory(server)
    until.set()
    attacker.join(60)
    if not times:
        attacker.kill()
        return [f"{door.name}, {attack.name}: {CONNECTIONS} connections could not be opened"]
    shown = ", ".join(
        f"{kind} {p99(list_) * 1000:.0f} ms of {len(list_)}" for kind, list_ in times.items()
    )
    print(
        f"{door.name}, {attack.name}: p99 {shown}; "
        f"{mean:.0f} connections open; {held >> 20} MiB at most",
        flush=True,
    )
    slow = [kind for kind, list_ in times.items() if p99(list_) > MAX_WAIT]
    faults = [f"{', '.join(slow)} connections waited too long"] * bool(slow)
    faults += [f"the server used {held >> 20} MiB"] * (held > MEMORY)
    faults += [f"only {mean:.0f} connections were open"] * (mean < OPEN)
    return [f"{door.name}, {attack.name}: {fault}" for fault in faults]


def doors(server):
    certs = os.path.join(server.data, "certs")
    trusted = ssl.create_default_context(cafile=os.path.join(certs, "root.pem"))
    known = ssl.create_default_context(cafile=os.path.join(certs, "root.pem"))
    known.load_cert_chain(os.path.join(certs, "client.pem"), os.path.join(certs, "client_key.pem"))
    front = re.search(r"^Front door: (\S+)$", server.welcome, re.MULTILINE).group(1)
    operations = re.search(r"^For operations: (\S+)/ready$", server.welcome, re.MULTILINE).group(1)
    api = f"/qrs/tag?Xrfkey={XRFKEY}"
    doors = [
        Door("direct", server.address.geturl(), known, api, KEY),
        Door("front", front, trusted, api, f"{KEY}X-Remote-User: anna\r\n"),
        Door("operations", operations, None, "/health", ""),
    ]
    return {door.name: door for door in doors}


def try_door(name):
    """Attacks a door of a new server, so that its memory use is due to the attacks."""
    arguments = (
        "--front 127.0.0.1:0 --front-header X-Remote-User --front-header-from 127.0.0.1 "
        "--front-directory LAB --operations 127.0.0.1:0"
    )
    with tempfile.TemporaryDirectory() as folder:
        server = Server(os.path.join(folder, "data"), arguments=arguments.split())
        try:
            fill(server)
            door = doors(server)[name]
            print(f"{name}, at rest: {memory(server) >> 20} MiB")
            return [fault for attack in attacks(door) for fault in try_one(server, door, attack)]
        finally:
            server.stop()


def main():
    faults = [fault for name in ("direct", "front", "operations") for fault in try_door(name)]
    for fault in faults:
        print(f"FAILED: {fault}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
