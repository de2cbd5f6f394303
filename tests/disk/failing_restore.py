"""Makes each call with which `patchbay restore --force` changes files fail, alone or with all later
ones of its kind: either the old database is intact, or the new one is restored and the old one is
kept next to it."""

import glob
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import traceback

import workload
from failing_disk import Site, own_folder
from server import PROGRAM

CALLS = [
    "link,linkat",
    "rename,renameat,renameat2",
    "unlink,unlinkat",
    "fsync,fdatasync",
    "pwrite64,ftruncate",
]
DATABASE = "patchbay.db"


def restore(data, backup, *tracer):
    return subprocess.run(
        [*tracer, PROGRAM, "restore", "--force", backup, "--data", data],
        capture_output=True,
        text=True,
        timeout=60,
    )


def stored(path):
    """The content of a database, read from a copy to leave the original unchanged."""
    with own_folder() as folder:
        for ending in ("", "-wal"):
            if os.path.exists(path + ending):
                shutil.copy(path + ending, os.path.join(folder, DATABASE + ending))
        return workload.stored(os.path.join(folder, DATABASE))


def own(data):
    """The content of the database file; None if it can't be read: a marked one may lack its log."""
    try:
        return stored(f"{data}/{DATABASE}")
    except (sqlite3.DatabaseError, FileNotFoundError):
        return None


def kept(data):
    """The contents of the replaced databases that are kept."""
    replaced = [
        file
        for file in glob.glob(f"{data}/{DATABASE}.replaced-*")
        if not file.endswith(("-wal", "-shm", "-journal"))
    ]
    return [stored(file) for file in replaced]


def check(data, backup, old, new, result):
    """Checks the folder after a failed restore, and returns the name of its state."""
    if os.path.exists(f"{data}/{DATABASE}.restoring"):
        assert result.returncode != 0, "the restore reports success, and has left its mark"
        assert old in [
            *kept(data),
            own(data),
        ], "the restore is incomplete, and the old database is lost"
        refused = subprocess.run(
            [PROGRAM, "verify", "--data", data], capture_output=True, text=True, timeout=60
        )
        assert refused.returncode != 0, "a database can be used after an incomplete restore"
        again = restore(data, backup)
        assert again.returncode == 0, again.stderr
        old_path = again.stdout.split("The earlier database is now ")[1].splitlines()[0]
        assert stored(old_path) == old, "the old database that the message names is damaged"
        assert stored(f"{data}/{DATABASE}") == new, "the database differs from the restored backup"
        return "marked"
    found = stored(f"{data}/{DATABASE}")
    if found == old:
        assert result.returncode != 0, "the restore reports success, but nothing is restored"
        return "old"
    assert found == new, f"neither the old nor the new database: {found.keys()}"
    assert old in kept(data), "the old database is lost"
    return "new"


def try_all(folder):
    site = Site(folder)
    backup = os.path.join(folder, "backup.db")
    site.must_work()
    made = subprocess.run(
        [PROGRAM, "backup", "--to", backup, "--data", site.data],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    for _ in range(3):
        site.must_work()
    # A kill leaves part of the old database in its write-ahead log.
    site.server.kill()
    old, new = stored(f"{site.data}/{DATABASE}"), stored(backup)
    assert old != new and os.path.getsize(f"{site.data}/{DATABASE}-wal") > 0
    seen = {"old": 0, "new": 0, "marked": 0}
    for calls, and_all_after in itertools.product(CALLS, ["", "+"]):
        for when in itertools.count(1):
            state = try_one(
                site.data, backup, f"{calls}:error=EIO:when={when}{and_all_after}", old, new
            )
            if not state:
                break
            seen[state] += 1
    return seen


def try_one(original, backup, fault, old, new):
    """The state that a restore leaves; None if no call failed."""
    with own_folder() as folder:
        data, trace = os.path.join(folder, "data"), os.path.join(folder, "trace")
        shutil.copytree(original, data)
        result = restore(
            data,
            backup,
            "strace",
            "-f",
            "-q",
            "-o",
            trace,
            "-e",
            f"trace={fault.split(':')[0]}",
            "-e",
            f"inject={fault}",
        )
        with open(trace, encoding="utf-8", errors="replace") as file:
            has_failed = "(INJECTED)" in file.read()
        try:
            state = check(data, backup, old, new, result)
        except AssertionError as error:
            raise AssertionError(f"{fault}: {error}; {result.stderr.strip()}") from error
        assert has_failed or result.returncode == 0, result.stderr
        return state if has_failed else None


def main():
    with own_folder() as folder:
        try:
            seen = try_all(folder)
        except AssertionError:
            traceback.print_exc()
            return 1
    assert all(seen.values()), seen
    print(
        f"restore, {sum(seen.values())} times with calls that fail: the old database is there "
        f"{seen['old']} times, the new {seen['new']}, marked {seen['marked']}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
