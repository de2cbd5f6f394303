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
    """Runs `patchbay verify`: every password must open, and the audit log's hash chain must be
    intact."""
    result = subprocess.run(
        [PROGRAM, "verify", "--data", data], capture_output=True, text=True, timeout=60
    )
    # An interrupted first start leaves no master key, and no sealed values.
    report = result.stdout
    is_tried = "sealed values open" in report or "\n  0 sealed values not checked" in report
    assert result.returncode == 0 and is_tried, report + result.stderr


class Server:
    """A running server, whose log is next to the folder that contains the data folder. `tracer` is
    a command prefix to run it under, which must not change the process id (strace -D), and
    `arguments` are further arguments of serve."""

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
        """Whether the server is ready, by /ready; it must run with --operations."""
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
        """Stops the server as a service manager does."""
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
    """A connection that is reopened after a failure."""

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
        """Sends a request, and returns the status and the JSON of the reply."""
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
