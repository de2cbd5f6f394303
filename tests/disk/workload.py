"""The writes during a recording: connections whose fields all show one version, with a history from
which the possible states at a given time follow."""

import random
import sqlite3
import time
import uuid

TAGS = ["t0", "t1", "t2"]


class Request:
    """The state of a connection after a request: a version, or None if the request deletes it.
    `acknowledged` is the time of the successful response."""

    def __init__(self, version, sent):
        self.version = version
        self.sent = sent
        self.acknowledged = None


class Connection:
    """A connection and its requests, in order. Times are in nanoseconds, on the same clock as
    strace's."""

    def __init__(self):
        self.id = str(uuid.uuid4())
        self.requests = []
        self.versions = 0

    def latest(self):
        """The version that was acknowledged last; None if the connection does not exist."""
        acknowledged = [
            request.version for request in self.requests if request.acknowledged is not None
        ]
        return acknowledged[-1] if acknowledged else None

    def settle(self, there):
        """Resolves the requests in doubt, given the state that is there."""
        doubtful = [request for request in self.requests if request.acknowledged is None]
        for request in doubtful:
            if there == self.content(request.version) and there != self.content(self.latest()):
                request.acknowledged = time.time_ns()
        self.requests = [request for request in self.requests if request.acknowledged is not None]

    def content(self, version):
        return None if version is None else content(self.id, version)

    def possible(self, when):
        """The possible states after a power cut at that time: the one acknowledged last, or one
        requested since. Each comes with the least and greatest possible number of audit entries."""
        possible, acknowledged = [(None, 0, 0)], 0
        for number, request in enumerate(self.requests, 1):
            if request.sent >= when:
                break
            if request.acknowledged is not None:
                acknowledged += 1
                if request.acknowledged < when:
                    possible = []
            # A visible request in doubt was carried out, so it has an entry.
            least = acknowledged + (request.acknowledged is None)
            possible.append((request.version, least, number))
        return possible


def content(connection_id, version):
    """The content of a connection in that version."""
    return {
        "name": f"{connection_id} {version}",
        "connectionstring": f"{version} " * 400,
        "username": str(version),
        "tags": [tag for bit, tag in enumerate(TAGS) if version >> bit & 1],
        "customProperties": [f"again {version}", f"once {version}"],
    }


def body(connection_id, version, tag_ids):
    """The body that creates a connection in that version, or updates one to it."""
    made = content(connection_id, version)
    return {
        **made,
        "id": connection_id,
        "type": "internet",
        "password": str(version),
        "modifiedDate": "2199-12-31T23:59:59.999Z",
        "tags": [{"id": tag_ids[tag]} for tag in made["tags"]],
        "customProperties": [
            {"value": value, "definition": {"name": "version"}}
            for value in made["customProperties"]
        ],
    }


def shown(full):
    """The connection in a reply, in the form of `content`."""
    return {
        **{field: full[field] for field in ["name", "connectionstring", "username"]},
        "tags": sorted(tag["name"] for tag in full["tags"]),
        "customProperties": sorted(value["value"] for value in full["customProperties"]),
    }


def prepare(client):
    """Creates the entities that connections refer to, and returns the ids of the tags."""
    status, _ = client.call(
        "POST", "/custompropertydefinition", {"name": "version", "objectTypes": ["DataConnection"]}
    )
    assert status == 201
    return {tag: client.call("POST", "/tag", {"name": tag})[1]["id"] for tag in TAGS}


def write(client, connection, tag_ids, choose=random):
    """Creates, changes or deletes a connection, and records the request. Returns the response."""
    connection.versions += 1
    latest, version = connection.latest(), connection.versions
    path = f"/dataconnection/{connection.id}"
    if latest is None:
        method, path, sent = "POST", "/dataconnection", body(connection.id, version, tag_ids)
    elif choose.random() < 0.2:
        method, version, sent = "DELETE", None, None
    else:
        method, sent = "PUT", body(connection.id, version, tag_ids)
    request = Request(version, time.time_ns())
    connection.requests.append(request)
    status, reply = client.call(method, path, sent)
    if status < 300:
        request.acknowledged = time.time_ns()
    return status, reply


def listed(client):
    """All connections that the server shows, by id."""
    status, reply = client.call("GET", "/dataconnection/full")
    assert status == 200, (status, reply)
    return {full["id"]: shown(full) for full in reply}


def stored(path):
    """All connections in the database, by id, after an integrity check by SQLite."""
    database = sqlite3.connect(path)
    try:
        for question, answer in [("integrity_check", [("ok",)]), ("foreign_key_check", [])]:
            found = database.execute(f"PRAGMA {question}").fetchall()
            if found != answer:
                raise sqlite3.DatabaseError(f"{question}: {found[:3]}")
        if not database.execute(
            "SELECT 1 FROM sqlite_schema WHERE name = 'data_connections'"
        ).fetchone():
            return {}
        names = ["name", "connectionstring", "username"]
        rows = database.execute(
            "SELECT id, name, connectionstring, username FROM data_connections"
        ).fetchall()
        found = {
            row[0]: {**dict(zip(names, row[1:])), "tags": [], "customProperties": []}
            for row in rows
        }
        tags = (
            "SELECT l.entity_id, t.name FROM data_connection_tags AS l "
            "JOIN tags AS t ON t.id = l.target_id ORDER BY t.name"
        )
        for owner, name in database.execute(tags):
            found[owner]["tags"].append(name)
        for owner, value in database.execute(
            "SELECT entity_id, value FROM data_connection_custom_properties ORDER BY value"
        ):
            found[owner]["customProperties"].append(value)
        return found
    finally:
        database.close()


def audit_entries(path):
    """The number of audit entries for successful changes of each connection, by id."""
    database = sqlite3.connect(path)
    try:
        if not database.execute(
            "SELECT 1 FROM sqlite_schema WHERE name = 'audit_entries'"
        ).fetchone():
            return {}
        of_changes = (
            "type = 'DataConnection' AND outcome = 'done' "
            "AND action IN ('create', 'update', 'delete')"
        )
        return dict(
            database.execute(
                "SELECT object_id, count(*) FROM audit_entries "
                f"WHERE {of_changes} GROUP BY object_id"
            ).fetchall()
        )
    finally:
        database.close()


def contradictions(connections, found, when, entries=None):
    """Describes each impossible state in one line. `entries` has the number of audit entries of
    each connection, if these are to be checked as well."""
    known = {connection.id for connection in connections}
    lines = [f"{other}: no request created it" for other in found if other not in known]
    for connection in connections:
        there = found.get(connection.id)
        possible = connection.possible(when)
        fitting = [
            (least, most)
            for version, least, most in possible
            if connection.content(version) == there
        ]
        if not fitting:
            lines.append(f"{connection.id}: {kind(connection, there)}; possible are {possible}")
        elif entries is not None and not any(
            least <= entries.get(connection.id, 0) <= most for least, most in fitting
        ):
            lines.append(
                f"{connection.id}: the audit log has {entries.get(connection.id, 0)} entries of "
                f"it; possible are {possible}"
            )
    return lines


def kind(connection, there):
    """The kind of an impossible state."""
    if there is None:
        return "lost"
    versions = [request.version for request in connection.requests if request.version is not None]
    is_whole = any(content(connection.id, version) == there for version in versions)
    return "lost (an older version)" if is_whole else "half-written"
