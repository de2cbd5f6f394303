"""The real program, and a client that speaks to it over mutual TLS."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request

PROGRAM = os.environ["PROGRAM"]
XRFKEY = "0123456789abcdef"


def verify(data):
    """Lets the program look at the whole of a database: every password must open, and the chain
    of the audit log hold."""
    told = subprocess.run(
        [PROGRAM, "verify", "--data", data], capture_output=True, text=True, timeout=60
    )
    # A first start that was cut off has left no master key, and nothing that it could open.
    is_tried = "sealed values open" in told.stdout or "\n  0 sealed values not tried" in told.stdout
    assert told.returncode == 0 and is_tried, told.stdout + told.stderr


class Server:
    """A running server, whose log lies beside the folder that holds the data. `tracer` is a
    command to run it under, which must leave it the process that was started (as strace -D
    does), and `arguments` are further ones of serve."""

    def __init__(self, data, tracer=(), arguments=()):
        self.data = data
        command = [
            *tracer,
            PROGRAM,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log-level",
            "warn",
            "--data",
            data,
            *arguments,
        ]
        self.log = os.path.dirname(data) + ".log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        welcome = []
        for line in self.process.stdout:
            welcome.append(line)
            if line.startswith("  curl"):
                break
        self.is_up = bool(welcome)
        self.welcome = "".join(welcome)
        if self.is_up:
            self.address = urllib.parse.urlsplit(welcome[0].split()[-1])
        else:
            self.code = self.process.wait()

    def client(self):
        return Client(self)

    def is_ready(self):
        """What /ready says, of a server that was started with --operations."""
        line = next(
            line for line in self.welcome.splitlines() if line.startswith("For operations: ")
        )
        try:
            with urllib.request.urlopen(line.split()[-1], timeout=30) as reply:
                return reply.status == 200
        except urllib.error.HTTPError as error:
            assert error.code == 503, error.code
            return False

    def stop(self):
        """As a service manager does."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        assert code == 0, f"the server ended with {code}: {self.messages()}"

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=60)

    def messages(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]


class Client:
    """One connection, made again after a failure."""

    def __init__(self, server):
        certs = os.path.join(server.data, "certs")
        context = ssl.create_default_context(cafile=os.path.join(certs, "root.pem"))
        context.load_cert_chain(
            os.path.join(certs, "client.pem"), os.path.join(certs, "client_key.pem")
        )
        address = server.address
        self.connection = http.client.HTTPSConnection(
            address.hostname, address.port, context=context, timeout=30
        )

    def call(self, method, path, body=None):
        """The status and the JSON of the reply."""
        headers = {"X-Qlik-Xrfkey": XRFKEY, "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, f"/qrs{path}?xrfkey={XRFKEY}", text, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return response.status, json.loads(content) if content else None
