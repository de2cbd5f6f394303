"""Lets each call fail by which `patchbay restore --force` changes files, or all of its kind from
then on: the old database is all there, or the restored one is and the old one is kept beside it."""

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
    """What is in a database, by a copy, which leaves it as it is."""
    with own_folder() as folder:
        for ending in ("", "-wal"):
            if os.path.exists(path + ending):
                shutil.copy(path + ending, os.path.join(folder, DATABASE + ending))
        return workload.stored(os.path.join(folder, DATABASE))


def own(data):
    """What is at the place of the database, which may be without its log by now where it is
    marked."""
    try:
        return stored(f"{data}/{DATABASE}")
    except (sqlite3.DatabaseError, FileNotFoundError):
        return None


def kept(data):
    """What the old databases hold that are kept aside."""
    aside = [
        file
        for file in glob.glob(f"{data}/{DATABASE}.replaced-*")
        if not file.endswith(("-wal", "-shm", "-journal"))
    ]
    return [stored(file) for file in aside]


def check(data, backup, old, new, told):
    """What the folder holds after a restore that failed somewhere. Gives a word for it."""
    if os.path.exists(f"{data}/{DATABASE}.restoring"):
        assert told.returncode != 0, "it is said to be restored, and marked as not"
        assert old in [
            *kept(data),
            own(data),
        ], "it is marked, and the old database is nowhere whole"
        refused = subprocess.run(
            [PROGRAM, "verify", "--data", data], capture_output=True, text=True, timeout=60
        )
        assert refused.returncode != 0, "what is marked can be used"
        again = restore(data, backup)
        assert again.returncode == 0, again.stderr
        told = again.stdout.split("What was there before is ")[1].splitlines()[0]
        assert stored(told) == old, "what is said to be the old database is not whole"
        assert stored(f"{data}/{DATABASE}") == new, "not what was restored"
        return "marked"
    found = stored(f"{data}/{DATABASE}")
    if found == old:
        assert told.returncode != 0, "it is said to be restored, and is not"
        return "old"
    assert found == new, f"neither the old nor the new: {found.keys()}"
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
    # So that part of the old database is in its log.
    site.server.kill()
    old, new = stored(f"{site.data}/{DATABASE}"), stored(backup)
    assert old != new and os.path.getsize(f"{site.data}/{DATABASE}-wal") > 0
    seen = {"old": 0, "new": 0, "marked": 0}
    for calls, and_all_after in itertools.product(CALLS, ["", "+"]):
        for when in itertools.count(1):
            word = try_one(
                site.data, backup, f"{calls}:error=EIO:when={when}{and_all_after}", old, new
            )
            if not word:
                break
            seen[word] += 1
    return seen


def try_one(original, backup, fault, old, new):
    """What a restore leaves; nothing if no call failed."""
    with own_folder() as folder:
        data, trace = os.path.join(folder, "data"), os.path.join(folder, "trace")
        shutil.copytree(original, data)
        told = restore(
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
            word = check(data, backup, old, new, told)
        except AssertionError as error:
            raise AssertionError(f"{fault}: {error}; {told.stderr.strip()}") from error
        assert has_failed or told.returncode == 0, told.stderr
        return word if has_failed else None


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
